import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewRequest } from '@halfrate/core/intake'
import { type Emulator, type EmulatorOptions, startEmulator } from '@halfrate/emulator'
import { onTestFinished } from 'vitest'
import { type Halfrate, type HalfrateOptions, openHalfrate, type Result } from '../../src/index.js'

/** A place for a store's file that is gone after the test. */
export function temporaryStore(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-jobs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'halfrate.db')
}

/** A provider whose batches take one virtual minute, a tenth of a second; it answers with the row's own words. */
export async function startClaude(options: EmulatorOptions = {}): Promise<Emulator> {
  const claude = await startEmulator({
    ...{ seed: 7, clock: { factor: 600 }, turnaroundMs: [60_000, 60_000] },
    ...options,
  })
  claude.reply(({ params }) => {
    const [first] = params.messages as { readonly content: string }[]
    return `answer to ${first?.content}`
  })
  return claude
}

/** Opens a store that sends to that provider. */
export async function openAt(
  claude: Emulator,
  options: Partial<HalfrateOptions> = {},
): Promise<Halfrate> {
  const { url: baseUrl, startLine } = claude
  return await openHalfrate({
    store: temporaryStore(),
    baseUrl,
    clock: startLine.clock,
    ...options,
  })
}

/** Rows with keys `r1`, `r2`, … */
export function rowsOf(count: number, words = 'row'): NewRequest[] {
  return Array.from({ length: count }, (_, index) =>
    rowOf(`r${index + 1}`, `${words} ${index + 1}`),
  )
}

/** A row that asks in these words. */
export function rowOf(key: string, content: string): NewRequest {
  const messages = [{ role: 'user', content }]
  return { key, params: { model: 'claude-haiku-4-5', max_tokens: 300, messages } }
}

/** What was answered, by key. */
export async function textsOf(
  results: AsyncIterable<Result>,
): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {}
  for await (const result of results) {
    if (result.key in texts) texts[result.key] = 'given twice'
    else texts[result.key] = result.status === 'succeeded' ? result.text : result.error.code
  }
  return texts
}

/** What {@link textsOf} is for rows that were all answered. */
export function answersTo(rows: readonly NewRequest[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    rows.map(({ key, params }) => {
      const { messages } = params as { messages: readonly { content: string }[] }
      return [key, `answer to ${messages[0]?.content}`]
    }),
  )
}

/** All results, in the order in which they come. */
export async function listOf<T>(results: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = []
  for await (const result of results) list.push(result)
  return list
}
