import type { AttemptPolicy } from '../../model/attempt-policy.js'
import type { RequestStatus } from '../../model/request.js'
import type { ResultRow } from '../../model/result-row.js'
import { usdText } from '../money/usd-text.js'
import { objectOf } from './json-shape.js'
import { cutSpan, type Span } from './json-span.js'
import { resultText } from './message-content.js'
import { quickAnswer } from './quick-reading.js'
import type { ResultReading } from './result-facts.js'
import { parseLine, readingOf } from './result-line.js'
import { resultSpans } from './result-spans.js'
import { type RowError, rowErrorOf } from './row-error.js'

const decoder = new TextDecoder()

/** Where a row of a job's output stands. `waiting`: not done, whether it waits here or is at Claude. */
export type OutputStatus = RequestStatus | 'waiting'

/**
 * One row of a job's output, before it is written in one format or another.
 *
 * `message` and `usage` are the provider's bytes as they came, for passing on; null when there is no answer.
 */
export interface OutputRow {
  readonly key: string
  readonly status: OutputStatus
  /** The text blocks of the message joined; '' when it has none, null without a message. */
  readonly text: string | null
  readonly stopReason: string | null
  readonly message: Uint8Array | null
  readonly usage: Uint8Array | null
  /** Paid over all attempts, decimal text in dollars; null when a price is unknown. */
  readonly costUsd: string | null
  readonly attempts: number
  readonly error: RowError | null
  /** By which policy the attempt was made that it ended with; null for the first one. */
  readonly policy: AttemptPolicy | null
}

/**
 * Makes the output row of a request.
 *
 * The message of a done request is shown whenever there is one, however the request ended: it was paid. A request that
 * is not done shows none, for what an earlier attempt left behind is not its answer.
 */
export function outputRowOf(row: ResultRow): OutputRow {
  const { request } = row
  const status = statusOf(row)
  const line = status === 'waiting' ? null : row.line
  const answer = line === null ? null : answerOf(line)
  const base = {
    key: request.key,
    status,
    costUsd: row.paidNano === null ? null : usdText(row.paidNano),
    attempts: request.attemptCount,
    error: errorOf(row, status, answer?.reading ?? null),
    policy: status === 'waiting' ? null : (row.policy ?? null),
  }
  if (line === null || answer?.reading.type !== 'line' || answer.reading.outcome !== 'succeeded') {
    return { ...base, text: null, stopReason: null, message: null, usage: null }
  }
  return {
    ...base,
    text: answer.text,
    stopReason: answer.reading.stopReason,
    message: cutSpan(line, answer.message),
    usage: cutSpan(line, answer.usage),
  }
}

interface Answer {
  readonly reading: ResultReading
  readonly text: string
  readonly message: Span | null
  readonly usage: Span | null
}

function answerOf(line: Uint8Array): Answer {
  const decoded = decoder.decode(line)
  const quick = quickAnswer(line, decoded)
  if (quick !== null) return { ...quick, reading: quick.facts }
  const parsed = parseLine(decoded)
  const { message, usage } = resultSpans(line)
  const text = resultText(objectOf(parsed?.result)?.message)
  return { reading: readingOf(parsed), text, message, usage }
}

/** Where the row stands; a done request without a verdict is none that a store may hold, and counts as waiting. */
export function statusOf(row: ResultRow): OutputStatus {
  const { state, verdict } = row.request
  return state === 'done' && verdict !== null ? verdict.status : 'waiting'
}

function errorOf(
  row: ResultRow,
  status: OutputStatus,
  reading: ResultReading | null,
): RowError | null {
  const { verdict } = row.request
  if (status === 'waiting' || status === 'succeeded' || verdict === null) return null
  const line = reading?.type === 'line' ? reading : null
  return rowErrorOf(verdict, {
    stopReason: line?.stopReason ?? null,
    errorMessage: line?.errorMessage ?? null,
  })
}
