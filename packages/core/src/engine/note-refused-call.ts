import type { ProviderError } from '../model/provider-error.js'
import type { Submission } from '../model/submission.js'
import { jitterOf } from '../policy/retry/backoff.js'
import { type CallRefusal, decideCallRefusal } from '../policy/routing/call-refusal.js'
import { holdMessages } from './call-slots.js'
import type { EngineContext } from './context.js'
import { pauseFor, scopeOfRefusal } from './pauses.js'

/**
 * Decides about a call in real time that was refused or never left, and lets all workers know what follows for the account. Done by
 * its sender at once, and again when its request is let go, since the sender may have died.
 */
export async function noteRefusedCall(
  context: EngineContext,
  submission: Submission,
  error: ProviderError,
): Promise<CallRefusal> {
  const { account, nonce } = submission
  const now = await context.store.now()
  const verdictAt = submission.verdictAt ?? now
  // This refusal is the last of them.
  const failures = Math.max(0, context.memory.refusedInARow - 1)
  const decision = decideCallRefusal(error, { failures, jitter: jitterOf(nonce) }, verdictAt)
  const { pause, waitMs } = decision
  if (pause !== null) {
    const lane = scopeOfRefusal(submission, pause)
    await pauseFor(context, account, { ...pause, lane, seenBy: 'send', error }, verdictAt)
  }
  await holdMessages(context, account, waitMs - (now - verdictAt))
  return decision
}
