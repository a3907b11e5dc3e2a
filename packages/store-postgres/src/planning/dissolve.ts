import {
  type Fence,
  queueResource,
  releaseMember,
  type SubmissionId,
  submissionResource,
  UNSENT_STATES,
} from '@halfrate/core'
import { submissionStates } from '@halfrate/store-sql'
import { applyRelease, lockMembers, releaseFactsOf } from '../requests/release-effect.js'
import { RequestWrites } from '../requests/request-writes.js'
import { checkFence, type Session, type Step } from '../session.js'
import { needSubmission } from '../submissions.js'
import { dissolveEmpty } from './seal-submission.js'

// A run of the primary key; those that are out already are passed.
const LIVE = `SELECT ordinal FROM attempts_now WHERE submission_id = $1 AND released_at IS NULL
  ORDER BY ordinal LIMIT $2`

/** See `PlanningStore.dissolve`. */
export function dissolve(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): Promise<{ readonly left: number }> {
  return session.write(async (step) => {
    const { id, project, queue, state } = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, queueResource(project, queue), submissionResource(id))
    if (!UNSENT_STATES.includes(state)) return { left: 0 }
    await putBackPage(step, id, submissionStates.code(state))
    const rest = await needSubmission(step, id)
    if (rest.requestCount === 0) await dissolveEmpty(step, rest)
    return { left: rest.requestCount }
  })
}

async function putBackPage(step: Step, submissionId: number, state: number): Promise<void> {
  const live = await step.db.all<{ ordinal: number }>(LIVE, submissionId, step.pageLimit)
  const ordinals = live.map(({ ordinal }) => ordinal)
  const writes = new RequestWrites()
  for (const member of (await lockMembers(step, submissionId, ordinals)).values()) {
    const { row } = member
    const effect = releaseMember(releaseFactsOf(member), {
      outcome: null,
      to: { type: 'waiting', notBefore: row.not_before, countAs: 'nothing', batchLimit: null },
    })
    writes.withdraw({ ...row, waste: 0, submission_state: state }, step.now)
    if (effect.type === 'release') applyRelease(writes, member, effect, step.now)
  }
  await writes.flush(step)
}
