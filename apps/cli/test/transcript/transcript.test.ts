import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestEmulator } from '../support/cli.js'
import { COMMAND_ERRORS, MACHINE_ERRORS, STORE_ERRORS } from './command-cases.js'
import { CONFIG_ERRORS } from './config-cases.js'
import type { ErrorCase } from './error-case.js'
import { MONEY_ERRORS } from './money-cases.js'
import { provokeProgram } from './program-case.js'
import { EMULATOR_ERRORS, LIBRARY_ERRORS } from './program-cases.js'
import { pageOf, provoke } from './provoke.js'
import { FILE_ERRORS, REQUEST_ERRORS } from './request-cases.js'
import { ROW_ERRORS } from './rows-cases.js'

const PAGE = join(import.meta.dirname, '../../../../docs/errors-seen.md')
const CHAPTERS = [
  REQUEST_ERRORS,
  FILE_ERRORS,
  ROW_ERRORS,
  COMMAND_ERRORS,
  CONFIG_ERRORS,
  MONEY_ERRORS,
  STORE_ERRORS,
  MACHINE_ERRORS,
]

const PROGRAMS = [LIBRARY_ERRORS, EMULATOR_ERRORS]

// What can't be provoked on this machine stays as it stands in the page.
function asItStands({ title }: ErrorCase): string {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : ''
  const from = page.indexOf(`### ${title}\n`)
  const end = page.slice(from + 1).search(/\n##/)
  return page.slice(from, end === -1 ? undefined : from + 1 + end).trimEnd()
}

// Two at a time: nearly all of their time is that of starting a process.
const WORKERS = 2
// More than a hundred processes, each of which may take ten seconds where a machine is busy.
const TIMEOUT_MS = 1_200_000

test('docs/errors-seen.md has every error word for word, and nothing was sent', {
  timeout: TIMEOUT_MS,
}, async () => {
  const refusing = await startTestEmulator()
  const taking = await startTestEmulator()
  const texts = new Map<string, string>()
  const waiting = CHAPTERS.flatMap(({ cases }) => cases)
  const programs = PROGRAMS.flatMap((chapter) => chapter.programs)
  const titles = [...waiting, ...programs].map(({ title }) => title)
  expect(new Set(titles).size).toBe(titles.length)
  const work = async (): Promise<void> => {
    for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
      const claude = each.isSent === true ? taking : refusing
      const text = each.through === null ? asItStands(each) : await provoke(each, claude)
      texts.set(each.title, text)
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
  expect(await refusing.ledger('posts')).toEqual([])
  for (const each of programs) {
    texts.set(each.title, await provokeProgram(each))
  }
  const textsOf = (cases: readonly { readonly title: string }[]): readonly string[] =>
    cases.map(({ title }) => texts.get(title) ?? '')
  const page = pageOf([
    ...CHAPTERS.map((one) => [one, textsOf(one.cases)] as const),
    ...PROGRAMS.map((one) => [one, textsOf(one.programs)] as const),
  ])
  await expect(page).toMatchFileSnapshot(PAGE)
})
