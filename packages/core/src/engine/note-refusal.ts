import type { ProviderError } from '../model/provider-error.js'
import type { Submission } from '../model/submission.js'
import { jitterOf } from '../policy/retry/backoff.js'
import { decideRefusal, type RefusalDecision } from '../policy/retry/refusal.js'
import { slowDown } from './call-health.js'
import type { EngineContext } from './context.js'
import { pauseFor, scopeOfRefusal } from './pauses.js'

/**
 * Decides about a refused submission, and lets all workers know what follows for the account: a pause, or a slower pace.
 *
 * Done by the sender at once, so that nothing more is sent meanwhile, and again when its members are let go, since the
 * sender may have died; a refusal that was noted changes nothing.
 */
export async function noteRefusal(
  context: EngineContext,
  submission: Submission,
  error: ProviderError,
): Promise<RefusalDecision> {
  const { account, nonce } = submission
  // This refusal is the last of them.
  const failures = Math.max(0, context.memory.refusedInARow - 1)
  const hasBatches = error.status === 429 && (await hasBatchesAtProvider(context, submission))
  const facts = { failures, jitter: jitterOf(nonce), hasBatches }
  const verdictAt = submission.verdictAt ?? (await context.store.now())
  const decision = decideRefusal(error, facts, verdictAt)
  const { pause, slow } = decision
  if (pause !== null) {
    const lane = scopeOfRefusal(submission, pause)
    await pauseFor(context, account, { ...pause, lane, seenBy: 'send', error }, verdictAt)
  }
  if (slow !== undefined) await slowDown(context, account, slow, verdictAt)
  return decision
}

async function hasBatchesAtProvider(
  { store }: EngineContext,
  { account }: Submission,
): Promise<boolean> {
  const states = ['in_progress', 'canceling'] as const
  return (await store.listSubmissions({ account, states, afterId: 0, limit: 1 })).length > 0
}
