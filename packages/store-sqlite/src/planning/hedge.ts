import {
  type HedgeParams,
  type HedgeResult,
  type NanoUsd,
  NEW_SUBMISSION,
  type RequestId,
  type Submission,
  type SubmissionId,
  submissionResource,
} from '@halfrate/core'
import { type HedgeFacts, mayHedge } from '@halfrate/core/routing'
import { outcomeTypes, requestStates, submissionStates, verdictOf } from '@halfrate/store-sql'
import { findMember, type MemberRow } from '../collecting/release-effect.js'
import { attemptsOf, isLive } from '../members.js'
import { fitsBudgets } from '../reading/budget-use.js'
import { checkFence, type Session } from '../session.js'
import { needSubmission } from '../submissions.js'
import { takeIds } from '../take-ids.js'
import { assignMembers } from './assign-members.js'
import { insertSubmission } from './insert-submission.js'
import { findByNonce } from './open-submission.js'

const ONE_MEMBER = 'UPDATE submissions SET next_ordinal = 1 WHERE id = ?'

/** See `PlanningStore.hedge`. */
export function hedge(session: Session, params: HedgeParams): HedgeResult {
  const { fence, submissionId, ordinal, lane, nonce, budgets } = params
  const batch = needSubmission(session, submissionId)
  checkFence(session, fence, submissionResource(submissionId))
  const there = findByNonce(session, batch.account, nonce)
  if (there !== undefined) return { type: 'opened', submission: there }
  const member = findMember(session, submissionId, ordinal)
  if (member === undefined || !mayHedge(factsOf(session, batch, member))) return { type: 'gone' }
  const holdNano = (params.holdNano ?? 0) as NanoUsd
  if (!fitsBudgets(session, { holdNano }, budgets)) return { type: 'no_room' }
  const { project, account, queue } = batch
  const now = session.now()
  const requestId = member.request_id as RequestId
  const submission: Submission = {
    ...NEW_SUBMISSION,
    ...{ project, account, queue, lane, nonce, batchLimit: null, upToId: requestId },
    ...{ id: takeIds(session, 1) as SubmissionId, openedAt: now },
    ...{ state: 'sealed', sealedAt: now, nextStepAt: now },
    ...{ requestCount: 1, itemsBytes: member.item_bytes, holdNano },
  }
  insertSubmission(session, submission)
  assignMembers(session, submission, 0, [{ requestId, holdNano: params.holdNano }])
  session.db.run(ONE_MEMBER, submission.id)
  return { type: 'opened', submission }
}

function factsOf(session: Session, batch: Submission, member: MemberRow): HedgeFacts {
  const attempts = attemptsOf(session, member.request_id)
  const own = attempts.findIndex(
    (each) => each.submission_id === batch.id && each.ordinal === member.ordinal,
  )
  return {
    batch,
    attempt: { outcome: outcomeTypes.wordOrNull(member.outcome), released: !isLive(member) },
    request: {
      state: requestStates.word(member.state),
      verdict: verdictOf(member),
      cancelRequested: member.cancel_requested_at !== null,
    },
    others: attempts
      .map((each, index) => ({
        isLive: isLive(each),
        isLater: index > own,
        submissionState: submissionStates.word(each.submission_state),
      }))
      .filter((_, index) => index !== own),
  }
}
