import type { ReasonCode } from '../../model/request.js'
import type { ResultRow } from '../../model/result-row.js'
import { joinBytes } from './join-bytes.js'
import { cutSpan } from './json-span.js'
import { statusOf } from './output-row.js'
import { readResultLine } from './result-line.js'
import { resultSpans } from './result-spans.js'
import { rowErrorOf } from './row-error.js'

const CANCELED = '{"type":"canceled"}'
const EXPIRED = '{"type":"expired"}'

// Ends that the provider itself decided, by what its last line then says. Every other failure is ours to report.
const PROVIDER_ENDS: Readonly<Partial<Record<ReasonCode, 'succeeded' | 'errored'>>> = {
  usable: 'succeeded',
  cut_off: 'succeeded',
  refused: 'succeeded',
  empty: 'succeeded',
  errored: 'errored',
  gave_up: 'errored',
}

/**
 * Writes a row as the provider would in a results file, without its line feed: `custom_id` is the caller's key.
 *
 * `result` is the provider's own, byte for byte, where it decided the end: for a success, whether usable or not, and for
 * an error. Canceled and expired requests are those lines. A failure of ours (`result_lost`, `possibly_paid`, `rejected`,
 * `file_damaged`) is an errored line with our reason code as `error.type`. Null while the request is not done: a results
 * file has no line for it.
 */
export function anthropicRow(row: ResultRow): Uint8Array | null {
  const status = statusOf(row)
  if (status === 'waiting') return null
  const result = status === 'canceled' ? CANCELED : endOf(row)
  return joinBytes([`{"custom_id":${JSON.stringify(row.request.key)},"result":`, result, '}'])
}

function endOf(row: ResultRow): Uint8Array | string {
  const { verdict } = row.request
  if (verdict === null || verdict.reason === 'expired') return EXPIRED
  const { line } = row
  const reading = line === null ? null : readResultLine(line)
  const facts = reading?.type === 'line' ? reading : null
  const wanted = PROVIDER_ENDS[verdict.reason]
  if (line !== null && wanted !== undefined && facts?.outcome === wanted) {
    const own = cutSpan(line, resultSpans(line).result)
    if (own !== null) return own
  }
  const { message } = rowErrorOf(
    { ...verdict, status: 'failed' },
    { stopReason: facts?.stopReason ?? null, errorMessage: facts?.errorMessage ?? null },
  )
  const error = { type: verdict.reason, message }
  return JSON.stringify({
    type: 'errored',
    error: { type: 'error', error, request_id: null },
  })
}
