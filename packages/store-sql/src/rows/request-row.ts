import type {
  AccountId,
  AttemptRef,
  JobId,
  ProjectId,
  QueueName,
  Request,
  RequestId,
  Verdict,
} from '@halfrate/core'
import { textOfAny } from '../any-text.js'
import { requestStates, verdictOfCode } from '../codes.js'
import type { RequestsNow } from '../tables.js'
import type { NameOf } from './name-of.js'

/** Columns of a request that the model shows. */
export type RequestRow = Omit<
  RequestsNow,
  | 'part'
  | 'listed_part'
  | 'listed_before_part'
  | 'listed_before_row'
  | 'params_hash'
  | 'prefix_id'
  | 'supersedes_id'
  | 'only_in'
  | 'only_cost_nano'
  | 'only_realtime_nano'
  | 'is_direct'
>

/** The names of {@link RequestRow}'s columns, for select lists. */
export const REQUEST_COLUMNS: readonly (keyof RequestRow & string)[] = [
  'id',
  'project_id',
  'account_id',
  'queue_id',
  'lane_id',
  'job_id',
  'row',
  'key',
  'body_id',
  'model_id',
  'max_tokens',
  'item_bytes',
  'labels',
  'deadline_at',
  'created_at',
  'state',
  'not_before',
  'batch_limit',
  'attempt_count',
  'failure_count',
  'expiry_count',
  'verdict',
  'verdict_detail',
  'result_in',
  'result_at',
  'done_at',
  'cancel_requested_at',
  'superseded_by',
]

/** Makes a request of its row. */
export function requestOf(row: RequestRow, nameOf: NameOf): Request {
  return {
    id: row.id as RequestId,
    project: nameOf(row.project_id) as ProjectId,
    account: nameOf(row.account_id) as AccountId,
    queue: nameOf(row.queue_id) as QueueName,
    jobId: row.job_id === 0 ? null : (row.job_id as JobId),
    row: row.row,
    key: textOfAny(row.key),
    lane: nameOf(row.lane_id),
    model: nameOf(row.model_id),
    maxTokens: row.max_tokens,
    itemBytes: row.item_bytes,
    bodyId: row.body_id,
    labels: row.labels === null ? null : (JSON.parse(row.labels) as Record<string, string>),
    state: requestStates.word(row.state),
    verdict: verdictOf(row),
    result: resultOf(row),
    notBefore: row.not_before,
    deadlineAt: row.deadline_at,
    createdAt: row.created_at,
    doneAt: row.done_at,
    cancelRequestedAt: row.cancel_requested_at,
    attemptCount: row.attempt_count,
    failureCount: row.failure_count,
    expiryCount: row.expiry_count,
    batchLimit: row.batch_limit === 0 ? null : row.batch_limit,
    supersededBy: row.superseded_by as RequestId | null,
  }
}

/** The verdict of a request's row; null for none. */
export function verdictOf(row: Pick<RequestsNow, 'verdict' | 'verdict_detail'>): Verdict | null {
  if (row.verdict === null) return null
  const detail = row.verdict_detail === null ? null : textOfAny(row.verdict_detail)
  return { ...verdictOfCode(row.verdict), detail }
}

/** The attempt that a request's row ended with; null for none. */
export function resultOf(row: Pick<RequestsNow, 'result_in' | 'result_at'>): AttemptRef | null {
  const { result_in: submissionId, result_at: ordinal } = row
  return submissionId === null || ordinal === null ? null : { submissionId, ordinal }
}
