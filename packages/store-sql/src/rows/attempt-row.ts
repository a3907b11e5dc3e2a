import type { Attempt, NanoUsd, ProjectId, RequestId, SubmissionId, Usage } from '@halfrate/core'
import { textOfAny } from '../any-text.js'
import { outcomeTypes, usabilities } from '../codes.js'
import type { AttemptsTable, ResultsTable } from '../tables.js'
import type { NameOf } from './name-of.js'

/** The usage columns of a result. */
export type UsageRow = Pick<
  ResultsTable,
  | 'input_tokens'
  | 'output_tokens'
  | 'cache_read_tokens'
  | 'cache_write_5m_tokens'
  | 'cache_write_1h_tokens'
  | 'web_search_requests'
  | 'inference_geo'
>

/** An attempt with the usage of its result, all null without one. */
export type AttemptRow = Omit<AttemptsTable, 'account_id'> & UsageRow

/** The names of the attempt's own columns in {@link AttemptRow}, for select lists. */
export const ATTEMPT_COLUMNS: readonly (keyof Omit<AttemptsTable, 'account_id'> & string)[] = [
  'submission_id',
  'ordinal',
  'request_id',
  'project_id',
  'number',
  'body_id',
  'item_bytes',
  'hold_nano',
  'outcome',
  'usability',
  'error_type',
  'cost_nano',
  'realtime_nano',
  'result_id',
  'settled_at',
  'released_at',
  'withdrawn',
  'possibly_paid',
  'waste',
  'model_id',
]

/** The names of the usage columns, for select lists. */
export const USAGE_COLUMNS: readonly (keyof UsageRow & string)[] = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'web_search_requests',
  'inference_geo',
]

/** Makes an attempt of its row. */
export function attemptOf(row: AttemptRow, nameOf: NameOf): Attempt {
  return {
    submissionId: row.submission_id as SubmissionId,
    ordinal: row.ordinal,
    requestId: row.request_id as RequestId,
    project: nameOf(row.project_id) as ProjectId,
    number: row.number,
    bodyId: row.body_id,
    itemBytes: row.item_bytes,
    ...(row.model_id === null ? {} : { model: nameOf(row.model_id) }),
    holdNano: row.hold_nano as NanoUsd | null,
    outcome: outcomeTypes.wordOrNull(row.outcome),
    usability: usabilities.wordOrNull(row.usability),
    errorType: row.error_type === null ? null : textOfAny(row.error_type),
    usage: usageOf(row),
    costNano: row.cost_nano as NanoUsd | null,
    realtimeNano: row.realtime_nano as NanoUsd | null,
    resultId: row.result_id,
    settledAt: row.settled_at,
    releasedAt: row.released_at,
    withdrawn: row.withdrawn === 1,
    possiblyPaid: row.possibly_paid === 1,
    waste: row.waste === 1,
  }
}

function usageOf(row: UsageRow): Usage | null {
  if (row.input_tokens === null) return null
  return {
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens ?? 0,
    cacheReadTokens: row.cache_read_tokens ?? 0,
    cacheWrite5mTokens: row.cache_write_5m_tokens ?? 0,
    cacheWrite1hTokens: row.cache_write_1h_tokens ?? 0,
    webSearchRequests: row.web_search_requests ?? 0,
    inferenceGeo: row.inference_geo === null ? null : textOfAny(row.inference_geo),
  }
}
