import type { RemoteId, SubmissionId } from '../model/ids.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import { MINUTE_MS } from '../model/time.js'
import { acceptedAfterMs, isAcceptedLate } from '../policy/acceptance.js'
import { routeOf } from '../policy/routing/route-of.js'
import type { EvidenceResult } from '../ports/store-sending.js'
import { alarm, type EngineContext, tellSubmission } from './context.js'

/** Tells what a batch was that turned out to be ours, whoever learned of it: its own sender, late, or the list. */
export function tellEvidence(
  context: EngineContext,
  { type, submission }: EvidenceResult,
  batch: RemoteBatch | null,
): void {
  if (submission !== null) tellSubmission(context, submission)
  if (batch === null) return
  const { id: remoteId } = batch
  const submissionId = submission?.id ?? null
  if (type === 'twin') tellTwin(context, submissionId, remoteId)
  if (type !== 'applied' || submission === null) return
  if (submission.orphan) {
    alarm(context, {
      code: 'orphan_found',
      message: `${nameOf(submission)} turned up after it was given up; its results are taken and its cost is booked.`,
      submissionId,
      remoteId,
    })
    return
  }
  // A call in real time takes as long as its answer is.
  if (routeOf(submission).route === 'batch') tellLate(context, submission, batch)
}

function nameOf(submission: Submission): string {
  if (routeOf(submission).route === 'realtime') return `The answer to call ${submission.id}`
  return `Batch ${submission.remoteId}`
}

/** Tells that a batch was sent twice, and that this one is the second that we know of. */
export function tellTwin(
  context: EngineContext,
  submissionId: SubmissionId | null,
  remoteId: RemoteId,
): void {
  alarm(context, {
    code: 'twin_found',
    message: `Batch ${remoteId} holds the same requests as another: something between us and the provider sent them twice. Its cost is booked as waste.`,
    submissionId,
    remoteId,
  })
}

// Whoever accepts so late may accept later than a lost answer is waited for. An orphan was, and is told as such.
function tellLate(context: EngineContext, submission: Submission, batch: RemoteBatch): void {
  const { settings } = context
  const afterMs = acceptedAfterMs(submission, batch)
  if (afterMs === null || !isAcceptedLate(afterMs, settings)) return
  const minutes = Math.round(afterMs / MINUTE_MS)
  const waited = Math.round(settings.settleMs / MINUTE_MS)
  alarm(context, {
    code: 'accepted_late',
    message: `Batch ${batch.id} was accepted ${minutes} min after the last byte of it can have been sent. Lost answers are waited for ${waited} min; what is accepted later than that may be paid twice.`,
    submissionId: submission.id,
    remoteId: batch.id,
  })
}
