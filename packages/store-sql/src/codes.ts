import type {
  JobState,
  OutcomeType,
  QuarantinedLine,
  ReasonCode,
  RemoteStatus,
  RequestState,
  RequestStatus,
  SubmissionState,
  Usability,
  Verdict,
} from '@halfrate/core'
import { CodeBook } from './code-book.js'

/** Numbers of request states. Waiting is 0, which the partial indexes say in so many words. */
export const requestStates: CodeBook<RequestState> = new CodeBook(['waiting', 'assigned', 'done'])

/** Numbers of the ways a done request ended. */
export const requestStatuses: CodeBook<RequestStatus> = new CodeBook([
  'succeeded',
  'failed',
  'canceled',
])

/** Numbers of the reasons for that. */
export const reasonCodes: CodeBook<ReasonCode> = new CodeBook([
  'usable',
  'cut_off',
  'refused',
  'empty',
  'errored',
  'expired',
  'gave_up',
  'result_lost',
  'possibly_paid',
  'rejected',
  'canceled',
  'superseded',
  'file_damaged',
  'output_invalid',
])

/** Numbers of submission states. */
export const submissionStates: CodeBook<SubmissionState> = new CodeBook([
  'filling',
  'sealed',
  'dissolved',
  'sending',
  'ambiguous',
  'rejected',
  'lost',
  'in_progress',
  'canceling',
  'ended',
  'collected',
])

/** Numbers of the provider's words for where a batch is. */
export const remoteStatuses: CodeBook<RemoteStatus> = new CodeBook([
  'in_progress',
  'canceling',
  'ended',
])

/** Numbers of outcomes. */
export const outcomeTypes: CodeBook<OutcomeType> = new CodeBook([
  'succeeded',
  'errored',
  'canceled',
  'expired',
])

/** Numbers of what a success is worth. */
export const usabilities: CodeBook<Usability> = new CodeBook([
  'usable',
  'cut_off',
  'refused',
  'empty',
  'output_invalid',
])

/** Numbers of job states. */
export const jobStates: CodeBook<JobState> = new CodeBook(['open', 'committed', 'done'])

/** Numbers of the reasons for a quarantine. */
export const quarantineReasons: CodeBook<QuarantinedLine['reason']> = new CodeBook([
  'malformed',
  'foreign',
  'unknown_request',
  'conflict',
  'too_long',
])

// Leaves room for more reasons; the most frequent verdict, a usable success, is 0.
const REASON_SPAN = 64

/** Writes status and reason as one small integer; the detail has its own column. */
export function verdictCode(verdict: Verdict | null): number | null {
  if (verdict === null) return null
  return requestStatuses.code(verdict.status) * REASON_SPAN + reasonCodes.code(verdict.reason)
}

/** Status and reason of {@link verdictCode}'s number. */
export function verdictOfCode(code: number): Pick<Verdict, 'status' | 'reason'> {
  return {
    status: requestStatuses.word(Math.floor(code / REASON_SPAN)),
    reason: reasonCodes.word(code % REASON_SPAN),
  }
}
