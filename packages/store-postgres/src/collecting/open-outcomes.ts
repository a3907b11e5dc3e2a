import type { BodyReason, JobId, OpenOutcome, OpenOutcomesParams, RequestId } from '@halfrate/core'
import { outcomeTypes, usabilities } from '@halfrate/store-sql'
import { plainBytes } from '../bytes.js'
import { numbers } from '../database/binary-format.js'
import { pageOf, type Session, type Step } from '../session.js'

interface OpenRow {
  readonly ordinal: number
  readonly request_id: RequestId
  readonly job_id: number
  readonly model: string
  readonly outcome: number | null
  readonly usability: number | null
  readonly error_type: string | null
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
const READ = `SELECT a.ordinal, a.request_id, r.job_id, n.text AS model, a.outcome, a.usability, a.error_type, a.item_bytes, r.max_tokens, b.reason,
    r.failure_count, r.expiry_count, r.created_at, r.deadline_at, r.cancel_requested_at, a.result_id
  FROM attempts_now a JOIN requests r ON r.id = a.request_id JOIN names n ON n.id = r.model_id
    LEFT JOIN bodies b ON b.id = r.body_id
  WHERE a.submission_id = $1 AND a.ordinal > $2 AND a.released_at IS NULL
  ORDER BY a.ordinal LIMIT $3`

/** See `CollectingStore.openOutcomes`. */
export function openOutcomes(
  session: Session,
  params: OpenOutcomesParams,
): Promise<readonly OpenOutcome[]> {
  const { submissionId, after, withAnswers = false } = params
  return session.read(async ({ db, pageLimit }) => {
    const limit = pageOf({ pageLimit }, params.limit)
    const rows = await db.all<OpenRow>(READ, submissionId, after, limit)
    const lines = withAnswers ? await linesOf(db, rows) : null
    return rows.map((row) => ({
      ordinal: row.ordinal,
      requestId: row.request_id,
      jobId: row.job_id === 0 ? null : (row.job_id as JobId),
      model: row.model,
      outcome: outcomeTypes.wordOrNull(row.outcome),
      usability: usabilities.wordOrNull(row.usability),
      errorType: row.error_type,
      itemBytes: row.item_bytes,
      maxTokens: row.max_tokens,
      bodyReason: row.reason,
      failureCount: row.failure_count,
      expiryCount: row.expiry_count,
      createdAt: row.created_at,
      deadlineAt: row.deadline_at,
      cancelRequested: row.cancel_requested_at !== null,
      ...(lines === null ? {} : { answer: lines.get(row.result_id ?? 0) ?? null }),
    }))
  })
}

const READ_LINES = 'SELECT id, bytes FROM results WHERE id = ANY($1::bigint[])'

async function linesOf(
  db: Step['db'],
  rows: readonly OpenRow[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const ids = rows.flatMap(({ result_id: id }) => id ?? [])
  const lines = await db.all<{ id: number; bytes: Uint8Array }>(READ_LINES, numbers(ids))
  return new Map(lines.map(({ id, bytes }) => [id, plainBytes(bytes)]))
}
