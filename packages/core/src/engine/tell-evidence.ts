import type { RemoteBatch } from '../model/remote-batch.js'
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
  if (type === 'twin') {
    alarm(context, {
      code: 'twin_found',
      message: `Batch ${remoteId} holds the same requests as another: something between us and the provider sent them twice. Its cost is booked as waste.`,
      submissionId,
      remoteId,
    })
  }
  if (type === 'applied' && submission?.orphan === true) {
    alarm(context, {
      code: 'orphan_found',
      message: `Batch ${remoteId} turned up after it was given up; its results are taken and its cost is booked.`,
      submissionId,
      remoteId,
    })
  }
}
