import {
  assertSubmissionMove,
  type BeginSendResult,
  isSendingStopped,
  pauseSettings,
  RECOVERY_SETTING,
  type Recovery,
  type SettingName,
  type Submission,
  sendHoldOf,
  submissionResource,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { resourceOf } from '../keys.js'
import { dissolveEmpty } from '../planning/seal-submission.js'
import { changeSubmission } from '../rows/change.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `SendingStore.beginSend`. */
export function beginSend(session: Session, params: In<'beginSend'>): Promise<BeginSendResult> {
  return session.step(async (step) => {
    const { submissionId: id, look, sendMs } = params
    await step.submissions.load([id])
    const { submission } = step.submissions.need(id)
    await step.fence(params.fence, submissionResource(id))
    if (submission.state !== 'sealed') return { type: 'refused', reason: 'state', until: null }
    if (submission.requestCount === 0) {
      dissolveEmpty(step, submission)
      return { type: 'dissolved' }
    }
    const refusal = await refusalOf(step, submission)
    if (refusal !== null) return refusal
    assertSubmissionMove(submission.state, 'sending')
    const sendNotAfterAt = step.now + sendMs
    // Whoever sends it says what became of it; if nobody has by then, somebody must look.
    const times = { sendStartedAt: step.now, sendNotAfterAt, nextStepAt: sendNotAfterAt }
    const sending = changeSubmission(step, id, { state: 'sending', look, ...times })
    return { type: 'sending', submission: sending }
  })
}

// The documents are compared once more when the step commits, so a pause that came first is always seen.
async function refusalOf(step: Step, submission: Submission): Promise<BeginSendResult | null> {
  const { id: submissionId, lane } = submission
  const names = pauseSettings(submission)
  await step.settings.load([...Object.values(names), RECOVERY_SETTING])
  const storedValue = (name: SettingName): unknown => step.settings.get(name)?.value ?? null
  const { store, account, project, queue } = names
  const values = {
    store: storedValue(store),
    account: storedValue(account),
    project: storedValue(project),
    queue: storedValue(queue),
  }
  const recovery = storedValue(RECOVERY_SETTING)
  const hold = sendHoldOf(values, { lane, submissionId }, step.now)
  if (hold.type === 'held') return { type: 'refused', reason: 'paused', until: hold.until }
  if (isSendingStopped(recovery as Recovery | null)) {
    return { type: 'refused', reason: 'recovery', until: null }
  }
  const reclaiming = step.keys.of('reclaiming', resourceOf(submission))
  const isReclaiming = (await step.connection.ask<number>('EXISTS', reclaiming)) === 1
  if (isReclaiming) return { type: 'refused', reason: 'reclaim', until: null }
  step.onlyWithout(reclaiming)
  return null
}
