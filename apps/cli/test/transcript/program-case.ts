import { realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { expect, onTestFinished } from 'vitest'
import { deferred, openHalfrate } from '../../src/index.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** One thing that goes wrong in a program. */
export interface ProgramCase {
  /** What is wrong, as a heading. Unique. */
  readonly title: string
  /** Lines of JavaScript, shown as they are. The last of them throws. */
  readonly code: string
  /** Files that are there before. */
  readonly files?: Readonly<Record<string, string>> | undefined
}

/** Some of them, under one heading. */
export interface ProgramChapter {
  readonly heading: string
  readonly intro: string
  readonly programs: readonly ProgramCase[]
}

const PARAMS = {
  model: 'claude-haiku-4-5',
  max_tokens: 50,
  messages: [{ role: 'user', content: 'Say it.' }],
}

type Program = (names: Readonly<Record<string, unknown>>) => Promise<unknown>

/** Runs a program that goes wrong, and tells how and what it threw, as a part of a page. */
export async function provokeProgram({ title, code, files = {} }: ProgramCase): Promise<string> {
  const folder = realpathSync(temporaryFolder())
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const claude = await startEmulator({ seed: 7 })
  onTestFinished(async () => await claude.stop())
  const store = join(folder, 'halfrate.db')
  const half = await openHalfrate({ store, emulator: claude })
  onTestFinished(async () => await half.close())
  const names = { openHalfrate, deferred, startEmulator, claude, half, params: PARAMS, folder }
  const thrown = await programOf(code)(names).then(
    () => expect.fail(`${title}: nothing was thrown`),
    (error: unknown) => error,
  )
  const said = normal(errorText(thrown), folder, claude)
  expect(claude.ledger.posts(), title).toEqual([])
  return [`### ${title}`, `\`\`\`js\n${code}\n\`\`\``, `\`\`\`\n${said}\n\`\`\``].join('\n\n')
}

function programOf(code: string): Program {
  const body = `const { openHalfrate, deferred, startEmulator, claude, half, params, folder } = names\n${code}`
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor
  return new AsyncFunction('names', body) as Program
}

// As `code` where there is one; a line for each of what an error of ours says.
function errorText(error: unknown): string {
  expect(error).toMatchObject({ code: expect.any(String), nextStep: expect.any(String) })
  const { name, message, nextStep, code } = error as Error & Record<'nextStep' | 'code', string>
  const rule = 'rule' in (error as object) ? `, rule ${(error as { rule: string }).rule}` : ''
  return `${name}: ${message}\n  ${nextStep}   (code ${code}${rule})`
}

function normal(text: string, folder: string, claude: Emulator): string {
  return text.replaceAll(folder, '/claims').replaceAll(new URL(claude.url).port, '4010')
}
