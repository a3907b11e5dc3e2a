import type { Submission } from '../model/submission.js'
import { judgeLostCall } from '../policy/routing/lost-call.js'
import { alarm, type EngineContext, tellSubmission } from './context.js'
import type { HeldLease } from './held-lease.js'
import { noteIfBooked } from './note-if-booked.js'
import { readPolicy } from './policies.js'
import { loadRecovery } from './recovery.js'

/**
 * Decides about a call in real time of which it is not known whether it was answered. If its answer is booked, it was; else it is
 * given up, possibly paid, once its time is over.
 */
export async function giveUpCall(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const { store } = context
  const { id: submissionId } = submission
  if (await noteIfBooked(context, submission)) return
  const { onLostAnswer } = await readPolicy(context, submission.project, submission.queue)
  const { recovery } = await loadRecovery(context)
  const fromBackup = recovery !== null && (submission.sendStartedAt ?? 0) < recovery.since
  const { maySend: mayDeclare } = context.memory
  const facts = { submission, onLostAnswer, fromBackup, mayDeclare }
  const decision = judgeLostCall(facts, await store.now())
  const after = await store.recordScan({
    ...{ fence: lease.fence, submissionId, basedOnScans: submission.search.scans },
    ...{ search: decision.search, nextStepAt: decision.nextStepAt },
    lost: decision.type === 'lost' ? { possiblyPaid: true } : null,
  })
  if (decision.type === 'lost' && after.state === 'lost') tellSubmission(context, after)
  const isNewQuestion = submission.search.askingSince === undefined
  if (isNewQuestion && after.search.askingSince !== undefined) askForDecision(context, after)
}

function askForDecision(context: EngineContext, { id }: Submission): void {
  alarm(context, {
    code: 'decision_needed',
    message: `The answer to a call in real time was lost; it may have been paid. Decide: halfrate decide ${id} resend sends it again, halfrate decide ${id} fail gives it up.`,
    submissionId: id,
  })
}
