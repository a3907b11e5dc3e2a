import type { BodyReason, JobId, OpenOutcome, OpenOutcomesParams, RequestId } from '@halfrate/core'
import { type AnyText, outcomeTypes, textOfAny, usabilities } from '@halfrate/store-sql'
import { plainBytes } from '../bytes.js'
import { pageOf, type Session } from '../session.js'

interface OpenRow {
  readonly ordinal: number
  readonly request_id: RequestId
  readonly job_id: number
  readonly model_id: number
  readonly outcome: number | null
  readonly usability: number | null
  readonly error_type: AnyText | null
  readonly item_bytes: number
  readonly max_tokens: number
  readonly reason: BodyReason | null
  readonly failure_count: number
  readonly expiry_count: number
  readonly created_at: number
  readonly deadline_at: number | null
  readonly cancel_requested_at: number | null
  readonly result_id: number | null
}

// A run of the attempts' primary key; each request and its body is one seek.
const READ = `SELECT a.ordinal, a.request_id, r.job_id, r.model_id, a.outcome, a.usability, a.error_type, a.item_bytes, r.max_tokens, b.reason,
    r.failure_count, r.expiry_count, r.created_at, r.deadline_at, r.cancel_requested_at, a.result_id
  FROM attempts_now a CROSS JOIN requests r ON r.id = a.request_id
    LEFT JOIN bodies b ON b.id = r.body_id
  WHERE a.submission_id = ? AND a.ordinal > ? AND a.released_at IS NULL
  ORDER BY a.ordinal LIMIT ?`

/** See `CollectingStore.openOutcomes`. */
export function openOutcomes(session: Session, params: OpenOutcomesParams): readonly OpenOutcome[] {
  const limit = pageOf(session, params.limit)
  return session.db.all<OpenRow>(READ, params.submissionId, params.after, limit).map((row) => ({
    ordinal: row.ordinal,
    requestId: row.request_id,
    jobId: row.job_id === 0 ? null : (row.job_id as JobId),
    model: session.names.textOf(row.model_id),
    outcome: outcomeTypes.wordOrNull(row.outcome),
    usability: usabilities.wordOrNull(row.usability),
    errorType: row.error_type === null ? null : textOfAny(row.error_type),
    itemBytes: row.item_bytes,
    maxTokens: row.max_tokens,
    bodyReason: row.reason,
    failureCount: row.failure_count,
    expiryCount: row.expiry_count,
    createdAt: row.created_at,
    deadlineAt: row.deadline_at,
    cancelRequested: row.cancel_requested_at !== null,
    ...(params.withAnswers === true ? { answer: lineOf(session, row) } : {}),
  }))
}

const READ_LINE = 'SELECT bytes FROM results WHERE id = ?'

function lineOf(session: Session, { result_id: id }: OpenRow): Uint8Array | null {
  const row = id === null ? undefined : session.db.get<{ bytes: Uint8Array }>(READ_LINE, id)
  return row === undefined ? null : plainBytes(row.bytes)
}
