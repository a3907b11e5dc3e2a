import type { AttemptRef, ResultLine, SettleEffect, Submission, Usage } from '@halfrate/core'
import { anyTextOf, outcomeTypes, type SqlValue, usabilities } from '@halfrate/store-sql'
import type { Statement } from 'better-sqlite3'
import type { Session } from '../session.js'
import type { SettleRow } from './settle-facts.js'

const LAST_RESULT = 'SELECT max(id) AS id FROM results'
// Appended in the order in which pages come.
const ADD_RESULT = `INSERT INTO results (id, project_id, account_id, input_tokens, output_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
    web_search_requests, inference_geo, bytes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** What booking the lines of one page shares. */
export interface Booking {
  readonly submission: Submission
  readonly projectId: number
  readonly accountId: number
  readonly now: number
  readonly addResult: Statement<SqlValue[]>
  /** The last result's number; nobody else adds one in this transaction. */
  lastResultId: number
}

/** Prepares for the lines of one page. */
export function beginBooking(session: Session, submission: Submission): Booking {
  return {
    submission,
    projectId: session.names.idOf(submission.project),
    accountId: session.names.idOf(submission.account),
    now: session.now(),
    addResult: session.db.prepare(ADD_RESULT),
    lastResultId: session.db.get<{ id: number | null }>(LAST_RESULT)?.id ?? 0,
  }
}

/** Stores a line under the next number. */
export function addResult(booking: Booking, line: ResultLine): number {
  booking.lastResultId += 1
  booking.addResult.run(
    booking.lastResultId,
    booking.projectId,
    booking.accountId,
    ...usageValues(line.usage),
    line.bytes,
  )
  return booking.lastResultId
}

// By primary key. What was only possibly paid is known now.
const BOOK = `UPDATE attempts SET outcome = ?, usability = ?, error_type = ?, cost_nano = ?,
    realtime_nano = ?, result_id = ?, settled_at = ?, released_at = ?, possibly_paid = 0, waste = ?
  WHERE submission_id = ? AND ordinal = ?`
const NOT_DIRECTLY = 'UPDATE progress SET submission_id = NULL WHERE id = ? AND result_id IS NULL'
// Where the cost stands, one of the two; neither is changed that has one.
const PRICE_DIRECT = `UPDATE progress SET cost_nano = ?, realtime_nano = ?
  WHERE id = ? AND result_id = ? AND cost_nano IS NULL`
const PRICE = `UPDATE attempts SET cost_nano = ?, realtime_nano = ?
  WHERE submission_id = ? AND ordinal = ? AND outcome = 0 AND cost_nano IS NULL`
const ADD_USAGE = `UPDATE results SET input_tokens = ?, output_tokens = ?, cache_read_tokens = ?,
    cache_write_5m_tokens = ?, cache_write_1h_tokens = ?, web_search_requests = ?, inference_geo = ?
  WHERE id = ? AND input_tokens IS NULL`
const MARK_WASTE = 'UPDATE attempts SET waste = 1 WHERE submission_id = ? AND ordinal = ?'

/** Books a line under its attempt and answers what changed in the attempt's row. */
export function bookLine(
  session: Session,
  booking: Booking,
  {
    row,
    line,
    effect,
  }: {
    readonly row: SettleRow
    readonly line: ResultLine
    readonly effect: Extract<SettleEffect, { type: 'fresh' }>
  },
): Pick<SettleRow, 'outcome' | 'result_id' | 'released_at' | 'cost_nano'> {
  const resultId = addResult(booking, line)
  const outcome = outcomeTypes.code(line.outcome)
  const releasedAt = effect.releases ? (row.released_at ?? booking.now) : row.released_at
  session.db.run(
    BOOK,
    outcome,
    usabilities.codeOrNull(line.usability),
    line.errorType === null ? null : anyTextOf(line.errorType),
    line.costNano,
    line.realtimeNano,
    resultId,
    booking.now,
    releasedAt,
    effect.waste ? 1 : 0,
    booking.submission.id,
    row.ordinal,
  )
  session.db.run(NOT_DIRECTLY, row.request_id)
  return { outcome, result_id: resultId, released_at: releasedAt, cost_nano: line.costNano }
}

/**
 * Fills in what a success cost, and answers its row. Whoever keeps a sum of what a submission paid adds this cost to it: it is
 * in none yet.
 */
export function priceLine(
  session: Session,
  { submission }: Booking,
  row: SettleRow,
  line: ResultLine,
): SettleRow {
  const { costNano, realtimeNano, usage } = line
  session.db.run(PRICE_DIRECT, costNano, realtimeNano, row.request_id, row.result_id)
  session.db.run(PRICE, costNano, realtimeNano, submission.id, row.ordinal)
  session.db.run(ADD_USAGE, ...usageValues(usage), row.result_id)
  return { ...row, cost_nano: costNano }
}

/** Turns a success into waste: another one of the same body is what its request ended with. */
export function markWaste(session: Session, ref: AttemptRef): void {
  session.db.run(MARK_WASTE, ref.submissionId, ref.ordinal)
}

type UsageValues = readonly [SqlValue, SqlValue, SqlValue, SqlValue, SqlValue, SqlValue, SqlValue]

const NO_USAGE: UsageValues = [null, null, null, null, null, null, null]

function usageValues(usage: Usage | null): UsageValues {
  if (usage === null) return NO_USAGE
  return [
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadTokens,
    usage.cacheWrite5mTokens,
    usage.cacheWrite1hTokens,
    usage.webSearchRequests,
    usage.inferenceGeo === null ? null : anyTextOf(usage.inferenceGeo),
  ]
}
