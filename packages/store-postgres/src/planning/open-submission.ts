import {
  type AccountId,
  type Fence,
  InvariantError,
  NEW_SUBMISSION,
  type Nonce,
  type ProjectId,
  type QueueName,
  queueResource,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { checkFence, type Session, type Step } from '../session.js'
import { selectSubmission } from '../submissions.js'
import { insertSubmission } from './insert-submission.js'

// Uses submissions_nonce. Twins, which share the nonce, are left out.
const BY_NONCE = `SELECT * FROM submissions
  WHERE account_id = $1 AND nonce = $2 AND twin_of IS NULL FOR UPDATE`

/** The submission that was opened with a nonce, locked until the step is over; undefined for none. */
export function findByNonce(
  step: Step,
  accountId: number,
  nonce: Nonce,
): Promise<Submission | undefined> {
  return selectSubmission(step, BY_NONCE, accountId, nonce)
}

/** See `PlanningStore.openSubmission`. */
export async function openSubmission(
  session: Session,
  params: Readonly<{
    fence: Fence
    project: ProjectId
    account: AccountId
    queue: QueueName
    lane: string
    batchLimit: number | null
    nonce: Nonce
    upToId: number
  }>,
): Promise<Submission> {
  const { fence, project, account, queue, lane, batchLimit, nonce, upToId } = params
  const [projectId = 0, accountId = 0, queueId = 0, laneId = 0] = await session.idsOf(
    project,
    account,
    queue,
    lane,
  )
  const id = (await session.takeIds(1)) as SubmissionId
  return session.write(async (step) => {
    const there = await findByNonce(step, accountId, nonce)
    await checkFence(step, fence, queueResource(project, queue))
    if (there !== undefined) return there
    // Members are named one by one, since a caller's object may have more of them.
    const submission: Submission = {
      ...{ project, account, queue, lane, batchLimit, nonce, upToId },
      ...NEW_SUBMISSION,
      id,
      openedAt: step.now,
    }
    const ids = { projectId, accountId, queueId, laneId }
    if (await insertSubmission(step, submission, ids)) return submission
    // Another call with the same nonce was quicker.
    const other = await findByNonce(step, accountId, nonce)
    if (other === undefined) throw new InvariantError(`Submission ${id} could not be added.`)
    return other
  })
}
