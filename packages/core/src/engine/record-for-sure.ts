import { StoreUnavailableError } from '../errors.js'
import type { Evidence } from '../model/evidence.js'
import type { Submission } from '../model/submission.js'
import { describeError, type EngineContext, tell } from './context.js'
import { tellEvidence } from './tell-evidence.js'

const EVIDENCE_RETRY_MS = 1_000

/**
 * Records evidence, again and again while the store does not answer: what was learned at the provider must not be
 * lost while this process lives. It is idempotent, and unfenced, since a lapsed lease makes it no less true. Answers the
 * submission after it.
 */
export async function recordForSure(
  context: EngineContext,
  submission: Submission,
  evidence: Evidence,
): Promise<Submission | null> {
  for (;;) {
    try {
      const { account, nonce } = submission
      const result = await context.store.recordEvidence({ account, nonce, evidence })
      tellEvidence(context, result, evidence.type === 'accepted' ? evidence.batch : null)
      return result.submission
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || context.signal.aborted) throw error
      tell(context, { type: 'step_failed', step: 'record_evidence', message: describeError(error) })
      await context.clock.sleep({ ms: EVIDENCE_RETRY_MS, signal: context.signal })
    }
  }
}
