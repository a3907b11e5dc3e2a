import type { ResultRow } from '../../model/result-row.js'
import { joinBytes } from './join-bytes.js'
import { type OutputRow, outputRowOf } from './output-row.js'
import type { RowError } from './row-error.js'

/**
 * Writes a row of a job's output as one line of JSON, without its line feed.
 *
 * This is the public contract of Halfrate's own output format. The members are always all there, in this order:
 *
 * - `key`: the caller's id of the request.
 * - `status`: `succeeded`, `failed`, `canceled`, or `waiting` (not done yet, here or at Claude).
 * - `text`: the text of the answer, its text blocks joined; `""` when it has none, null without an answer.
 * - `stop_reason`: the provider's, null without an answer.
 * - `message`: the provider's message, byte for byte as it came; null without an answer. A failed row keeps an answer
 *   that was cut off, refused or empty, since it was paid.
 * - `usage`: the message's own `usage`, byte for byte; null without an answer.
 * - `cost_usd`: paid for the row over all of its attempts, decimal text in dollars such as `"0.000123"`; null when a
 *   price is unknown, never 0 for unknown.
 * - `attempts`: how often it was sent, a running attempt included.
 * - `error`: null for a row that succeeded or waits, else `code` (stable, one of our reason codes), `message` and
 *   `next_step` (both for people).
 * - `policy`: by which policy the attempt was made that the row ended with, one of `ATTEMPT_POLICIES`; null for the first
 *   attempt.
 *
 * New members may be added at the end; none of these is ever renamed or removed.
 */
export function exportRow(row: ResultRow): Uint8Array {
  return lineOf(outputRowOf(row))
}

function lineOf(row: OutputRow): Uint8Array {
  const head = [
    `{"key":${JSON.stringify(row.key)}`,
    `"status":${JSON.stringify(row.status)}`,
    `"text":${JSON.stringify(row.text)}`,
    `"stop_reason":${JSON.stringify(row.stopReason)}`,
    '"message":',
  ]
  const tail = [
    `,"cost_usd":${JSON.stringify(row.costUsd)}`,
    `"attempts":${row.attempts}`,
    `"error":${errorText(row.error)}`,
    `"policy":${JSON.stringify(row.policy)}}`,
  ]
  return joinBytes([
    head.join(','),
    row.message ?? 'null',
    ',"usage":',
    row.usage ?? 'null',
    tail.join(','),
  ])
}

function errorText(error: RowError | null): string {
  if (error === null) return 'null'
  const { code, message, nextStep } = error
  return JSON.stringify({ code, message, next_step: nextStep })
}
