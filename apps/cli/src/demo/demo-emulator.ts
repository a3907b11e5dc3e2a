import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '@halfrate/core'
import { parseStartLine, type StartLine } from '@halfrate/emulator'

/** A running emulator of the demo. */
export interface DemoEmulator extends AsyncDisposable {
  readonly startLine: StartLine
}

/**
 * Starts an emulator with a fast clock and the demo's faults in a process of its own, as far from this one as the
 * provider is.
 *
 * @throws {ConfigError} when it does not start.
 */
export async function startDemoEmulator(factor: number): Promise<DemoEmulator> {
  const script = fileURLToPath(new URL('./emulator-process.js', import.meta.url))
  const child = spawn(process.execPath, [script, String(factor)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const line = await Promise.race([once(lines, 'line'), exited.then(() => null)])
  if (line === null) {
    throw new ConfigError('the emulator of the demo did not start.', 'Its own words stand above.')
  }
  return {
    startLine: parseStartLine(String(line[0])),
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await exited
    },
  }
}
