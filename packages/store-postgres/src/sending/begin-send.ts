import {
  assertSubmissionMove,
  type BeginSendResult,
  type EpochMs,
  type Fence,
  isSendingStopped,
  type Look,
  pauseSettings,
  RECOVERY_SETTING,
  type Recovery,
  type Submission,
  type SubmissionId,
  sendHoldOf,
  submissionResource,
} from '@halfrate/core'
import { dissolveEmpty } from '../planning/seal-submission.js'
import { checkFence, type Session, type Step } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'
import { readSetting } from '../upkeep/settings.js'

// Uses submissions_queue, and only looks for one.
const RECLAIMING = `SELECT 1 FROM submissions o JOIN submissions s
    ON s.project_id = o.project_id AND s.queue_id = o.queue_id
  WHERE o.id = $1 AND s.reclaim_pending = 1 LIMIT 1`

/** See `SendingStore.beginSend`. */
export function beginSend(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId; look: Look; sendMs: number }>,
): Promise<BeginSendResult> {
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, submissionResource(submission.id))
    if (submission.state !== 'sealed') return { type: 'refused', reason: 'state', until: null }
    if (submission.requestCount === 0) {
      await dissolveEmpty(step, submission)
      return { type: 'dissolved' }
    }
    // The step may have waited for its locks.
    const now = await step.clock()
    const refusal = await refusalOf(step, submission, now)
    if (refusal !== null) return refusal
    assertSubmissionMove(submission.state, 'sending')
    const sendNotAfterAt = now + params.sendMs
    const sending = await changeSubmission(step, submission, {
      state: 'sending',
      look: params.look,
      sendStartedAt: now,
      sendNotAfterAt,
      // Whoever sends it says what became of it; if nobody has by then, somebody must look.
      nextStepAt: sendNotAfterAt,
    })
    return { type: 'sending', submission: sending }
  })
}

async function refusalOf(
  step: Step,
  submission: Submission,
  now: EpochMs,
): Promise<BeginSendResult | null> {
  const { id: submissionId, lane } = submission
  const names = pauseSettings(submission)
  const documents = {
    store: (await readSetting(step, names.store))?.value ?? null,
    account: (await readSetting(step, names.account))?.value ?? null,
    project: (await readSetting(step, names.project))?.value ?? null,
    queue: (await readSetting(step, names.queue))?.value ?? null,
  }
  const hold = sendHoldOf(documents, { lane, submissionId }, now)
  if (hold.type === 'held') return { type: 'refused', reason: 'paused', until: hold.until }
  const recovery = (await readSetting(step, RECOVERY_SETTING))?.value ?? null
  if (isSendingStopped(recovery as Recovery | null)) {
    return { type: 'refused', reason: 'recovery', until: null }
  }
  const reclaiming = await step.db.get(RECLAIMING, submission.id)
  return reclaiming === undefined ? null : { type: 'refused', reason: 'reclaim', until: null }
}
