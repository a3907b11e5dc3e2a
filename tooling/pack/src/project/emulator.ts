import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startCommand } from '../command.js'
import { PackError } from '../pack-error.js'
import type { Project } from './project.js'

/** An emulator that was started by the installed command. */
export interface RunningEmulator extends AsyncDisposable {
  readonly url: string
  /** Its first line, which holds its clock. */
  readonly startLine: string
  /** How many requests it has billed, by its own ledger. */
  billed(): Promise<number>
}

const FLAGS = ['--clock-factor', '600', '--seed', '7', '--turnaround', '1m']

/** Starts `halfrate emulator` in a project. @throws {PackError} when it ends instead. */
export async function startInstalledEmulator(project: Project): Promise<RunningEmulator> {
  const command = [join(project.folder, 'node_modules/.bin/halfrate'), 'emulator', ...FLAGS]
  const child = startCommand(command, { cwd: project.folder, env: project.env() })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  const line = await Promise.race([once(lines, 'line'), exited.then(() => null)])
  if (line === null) throw new PackError('halfrate emulator ended before it said where it is')
  const startLine = String(line[0])
  const { url } = JSON.parse(startLine) as { readonly url: string }
  return {
    url,
    startLine,
    async billed() {
      const text = await (await fetch(`${url}/_emulator/ledger?rows=billed`)).text()
      return text.split('\n').filter((each) => each !== '').length
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
