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
import { fitsBudgets } from '../reading/budget-use.js'
import { attemptsOf, isLive } from '../requests/attempt-facts.js'
import { lockMembers, type MemberRow } from '../requests/release-effect.js'
import { checkFence, type Session, type Step } from '../session.js'
import { needSubmission } from '../submissions.js'
import { assign } from './add-members.js'
import { insertSubmission } from './insert-submission.js'
import { findByNonce } from './open-submission.js'

/** See `PlanningStore.hedge`. */
export async function hedge(session: Session, params: HedgeParams): Promise<HedgeResult> {
  const { fence, submissionId, ordinal, lane, nonce, budgets } = params
  const [laneId = 0] = await session.idsOf(lane)
  const id = (await session.takeIds(1)) as SubmissionId
  return session.write(async (step) => {
    const batch = await needSubmission(step, submissionId)
    await checkFence(step, fence, submissionResource(submissionId))
    const { project, account, queue } = batch
    const found = await step.names.find(step.db, [project, account, queue])
    const [projectId = 0, accountId = 0, queueId = 0] = found.map((each) => each ?? 0)
    const ids = { projectId, accountId, queueId, laneId }
    const there = await findByNonce(step, ids.accountId, nonce)
    if (there !== undefined) return { type: 'opened', submission: there }
    const row = (await lockMembers(step, submissionId, [ordinal])).get(ordinal)?.row
    if (row === undefined || !mayHedge(await factsOf(step, batch, row))) return { type: 'gone' }
    const holdNano = (params.holdNano ?? 0) as NanoUsd
    if (!(await fitsBudgets(step, { holdNano }, budgets))) return { type: 'no_room' }
    const { now } = step
    const submission: Submission = {
      ...NEW_SUBMISSION,
      ...{ id, project, account, queue, lane, nonce, batchLimit: null, upToId: row.request_id },
      ...{ openedAt: now, state: 'sealed', sealedAt: now, nextStepAt: now },
      ...{ requestCount: 1, itemsBytes: row.item_bytes, holdNano },
    }
    await insertSubmission(step, submission, ids)
    await assign(step, submission, [
      { requestId: row.request_id as RequestId, holdNano: params.holdNano },
    ])
    return { type: 'opened', submission }
  })
}

async function factsOf(step: Step, batch: Submission, member: MemberRow): Promise<HedgeFacts> {
  const attempts = (await attemptsOf(step, [member.request_id])).get(member.request_id) ?? []
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
