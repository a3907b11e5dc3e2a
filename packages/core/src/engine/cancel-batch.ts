import type { Submission } from '../model/submission.js'
import { isUnwanted, mayBeCanceled } from '../policy/provider-cancel.js'
import { type EngineContext, tellSubmission } from './context.js'

/**
 * Cancels a batch at the provider when nobody wants any of it any more, so that what has not run yet is not paid.
 *
 * Asking twice does no harm, so a crash after the call needs no care; a failed call is made again at the next poll.
 */
export async function cancelIfUnwanted(
  context: EngineContext,
  submission: Submission,
): Promise<void> {
  if (!mayBeCanceled(submission) || !(await isUnwantedByAll(context, submission))) return
  await cancelAtProvider(context, submission)
}

/** Asks the provider to cancel a batch, and notes what it answers. Answers whether it did. */
export async function cancelAtProvider(
  context: EngineContext,
  submission: Submission,
): Promise<boolean> {
  const { store, transport, signal } = context
  const { id: submissionId, remoteId, account } = submission
  if (remoteId === null) return false
  const askedAt = await store.now()
  const answer = await transport.cancel({ account, remoteId, signal })
  if (answer.type !== 'batch') return false
  const nextStepAt = (await store.now()) + context.settings.pollMinMs
  const { batch } = answer
  const after = await store.recordPoll({ submissionId, askedAt, batch, nextStepAt })
  if (after.state !== submission.state) tellSubmission(context, after)
  return true
}

async function isUnwantedByAll(context: EngineContext, submission: Submission): Promise<boolean> {
  const { store } = context
  const limit = store.traits.pageLimit
  let seen = 0
  for (let after = -1; ; ) {
    const page = await store.openOutcomes({ submissionId: submission.id, after, limit })
    const last = page.at(-1)
    if (last === undefined) return seen > 0
    if (!isUnwanted(page)) return false
    seen += page.length
    after = last.ordinal
  }
}
