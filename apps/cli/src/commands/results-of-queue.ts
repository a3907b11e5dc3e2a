import { resolve } from 'node:path'
import { DEFAULT_PROJECT, type QueueName, type ResultRow } from '@halfrate/core'
import {
  type AnswersEnd,
  type AnswersFrom,
  cursorText,
  type Halfrate,
  parseCursor,
  queueAnswers,
} from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { queueFlag } from '../flags/queue-flag.js'
import { sinceFlag } from '../flags/since-flag.js'
import { type ExportResult, exportRows } from '../output/export-rows.js'
import { withPolicies } from '../output/with-policies.js'
import { checkQueue } from '../scope/known-queue.js'
import { commandText } from '../screen/command-text.js'
import { countOf } from '../screen/number-text.js'
import { printText } from '../terminal/print-text.js'
import type { ResultsFlags, ResultsOutput } from './results-flags.js'

/** Which answers of which queue are asked for. */
export interface QueueReading {
  readonly queue: QueueName
  readonly from: AnswersFrom
}

/**
 * Reads what the flags ask for.
 *
 * @throws {ConfigError} when the store has no such queue, or a flag can't be used.
 */
export async function queueReading(half: Halfrate, flags: ResultsFlags): Promise<QueueReading> {
  const queue = queueFlag('--queue')(flags.queue ?? '')
  await checkQueue(half, queue)
  if (flags.after !== undefined) {
    return { queue, from: { after: parseCursor(flags.after, queue, half.digest) } }
  }
  if (flags.since === undefined) return { queue, from: { since: null } }
  return { queue, from: { since: sinceFlag('--since')(flags.since)(await half.store.now()) } }
}

/** Writes the answers of a queue, and says how many requests are open and with which cursor the next reading begins. */
export async function writeQueueResults(
  output: ResultsOutput,
  { queue, from }: QueueReading,
  isJson: boolean,
): Promise<number> {
  const { half, lines, writer } = output
  const { store, digest } = half
  const end: { value: AnswersEnd | null } = { value: null }
  const most = store.traits.pageLimit
  const answers = queueAnswers({ store, project: DEFAULT_PROJECT, queue, from, most })
  const written = await exportRows({
    pages: withPolicies(store, withEnd(answers, end)),
    lines,
    writer,
  })
  await writer.finish()
  const exitCode = written.unusable === 0 ? EXIT.usable : EXIT.someNotUsable
  const { openCount = 0, freshCount = 0, mark = null } = end.value ?? {}
  const cursor = mark === null ? null : cursorText(mark, queue, digest)
  const found = { queue, written, openCount, freshCount, cursor, exitCode }
  if (isJson) sayInJson(output, found)
  else sayInText(output, found)
  return exitCode
}

async function* withEnd(
  pages: AsyncGenerator<readonly ResultRow[], AnswersEnd, undefined>,
  end: { value: AnswersEnd | null },
): AsyncGenerator<readonly ResultRow[], void, undefined> {
  end.value = yield* pages
}

interface Found {
  readonly queue: QueueName
  readonly written: ExportResult
  readonly openCount: number
  readonly freshCount: number
  readonly cursor: string | null
  readonly exitCode: number
}

function sayInText({ target, storeFlag }: ResultsOutput, found: Found): void {
  const { queue, written, openCount, freshCount, cursor } = found
  const where = target.type === 'stdout' ? '' : ` to ${target.name}`
  const parts = [`wrote ${countOf(written.rows, 'answer')}${where}`]
  if (openCount > 0) parts.push(`${countOf(openCount, 'request')} not done yet`)
  if (freshCount > 0) parts.push(`${freshCount} of the last 5 minutes come next time`)
  printText(process.stderr, [parts.join('; ')])
  if (cursor === null) return
  const next = commandText(`results --queue ${queue} --after ${cursor}`, storeFlag)
  printText(process.stderr, [`what comes after these: ${next}`])
}

// Beside rows on standard output there is room for nothing else.
function sayInJson({ target }: ResultsOutput, found: Found): void {
  const { queue, written, openCount, freshCount, cursor, exitCode } = found
  const output = target.type === 'stdout' ? null : resolve(target.name)
  const stream = output === null ? process.stderr : process.stdout
  const object = {
    ...{ type: 'results', queue, rows: written.rows, not_usable: written.unusable },
    ...{ not_done: openCount, next_time: freshCount, after: cursor, output, exit_code: exitCode },
  }
  stream.write(`${JSON.stringify(object)}\n`)
}
