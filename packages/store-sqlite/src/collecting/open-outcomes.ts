import type { BodyReason, OpenOutcome, RequestId, SubmissionId } from '@halfrate/core'
import { type AnyText, outcomeTypes, textOfAny, usabilities } from '@halfrate/store-sql'
import { pageOf, type Session } from '../session.js'

interface OpenRow {
  readonly ordinal: number
  readonly request_id: RequestId
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
}

// A run of the attempts' primary key; each request and its body is one seek.
const READ = `SELECT a.ordinal, a.request_id, a.outcome, a.usability, a.error_type, a.item_bytes, r.max_tokens, b.reason,
    r.failure_count, r.expiry_count, r.created_at, r.deadline_at, r.cancel_requested_at
  FROM attempts_now a CROSS JOIN requests r ON r.id = a.request_id
    LEFT JOIN bodies b ON b.id = r.body_id
  WHERE a.submission_id = ? AND a.ordinal > ? AND a.released_at IS NULL
  ORDER BY a.ordinal LIMIT ?`

/** See `CollectingStore.openOutcomes`. */
export function openOutcomes(
  session: Session,
  params: Readonly<{ submissionId: SubmissionId; after: number; limit: number }>,
): readonly OpenOutcome[] {
  const limit = pageOf(session, params.limit)
  return session.db.all<OpenRow>(READ, params.submissionId, params.after, limit).map((row) => ({
    ordinal: row.ordinal,
    requestId: row.request_id,
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
  }))
}
