import {
  assertSubmissionMove,
  type BeginSendResult,
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
import { checkFence, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'
import { readSetting } from '../upkeep/settings.js'

// Uses submissions_queue, and only looks for one.
const RECLAIMING = `SELECT 1 FROM submissions
  WHERE project_id = ? AND queue_id = ? AND reclaim_pending = 1 LIMIT 1`

/** See `SendingStore.beginSend`. */
export function beginSend(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId; look: Look; sendMs: number }>,
): BeginSendResult {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, submissionResource(submission.id))
  if (submission.state !== 'sealed') return { type: 'refused', reason: 'state', until: null }
  if (submission.requestCount === 0) {
    dissolveEmpty(session, submission)
    return { type: 'dissolved' }
  }
  const refusal = refusalOf(session, submission)
  if (refusal !== null) return refusal
  assertSubmissionMove(submission.state, 'sending')
  const now = session.now()
  const sendNotAfterAt = now + params.sendMs
  const sending = changeSubmission(session, submission, {
    state: 'sending',
    look: params.look,
    sendStartedAt: now,
    sendNotAfterAt,
    // Whoever sends it says what became of it; if nobody has by then, somebody must look.
    nextStepAt: sendNotAfterAt,
  })
  return { type: 'sending', submission: sending }
}

function refusalOf(session: Session, submission: Submission): BeginSendResult | null {
  const { id: submissionId, account, project, queue, lane } = submission
  const pauses = pauseSettings({ account, project, queue })
  const documents = {
    store: readSetting(session, pauses.store)?.value ?? null,
    account: readSetting(session, pauses.account)?.value ?? null,
    project: readSetting(session, pauses.project)?.value ?? null,
    queue: readSetting(session, pauses.queue)?.value ?? null,
  }
  const hold = sendHoldOf(documents, { lane, submissionId }, session.now())
  if (hold.type === 'held') return { type: 'refused', reason: 'paused', until: hold.until }
  const recovery = (readSetting(session, RECOVERY_SETTING)?.value ?? null) as Recovery | null
  if (isSendingStopped(recovery)) {
    return { type: 'refused', reason: 'recovery', until: null }
  }
  const { names, db } = session
  const reclaiming = db.get(RECLAIMING, names.find(project), names.find(queue))
  return reclaiming === undefined ? null : { type: 'refused', reason: 'reclaim', until: null }
}
