import type { ProviderError } from '../model/provider-error.js'
import type { Verdict } from '../model/request.js'
import { type Pause, pauseSetting } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import { jitterOf } from '../policy/retry/backoff.js'
import { decideRefusal, type RefusalDecision } from '../policy/retry/refusal.js'
import { type EngineContext, tell } from './context.js'
import type { HeldLease } from './held-lease.js'
import { readPolicy } from './policies.js'
import { releaseAll } from './release.js'

const POSSIBLY_PAID: Verdict = { status: 'failed', reason: 'possibly_paid', detail: null }

/** Lets the members of a refused or lost submission go. Its verdict was set first, by one row. */
export async function letMembersGo(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  if (submission.state === 'lost') await letLostGo(context, lease, submission)
  else await letRefusedGo(context, lease, submission)
}

async function letLostGo(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const policy = await readPolicy(context, submission.project, submission.queue)
  const notBefore = await context.store.now()
  const { possiblyPaid } = submission
  const failsThem = possiblyPaid && policy.onLostAnswer === 'wait'
  await releaseAll(context, lease, submission, () => ({
    to: failsThem
      ? { type: 'done', verdict: POSSIBLY_PAID }
      : { type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null },
    possiblyPaid,
  }))
}

async function letRefusedGo(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const error = submission.error ?? UNKNOWN_REFUSAL
  const { requestCount, nonce } = submission
  // This refusal is the last of them.
  const failures = Math.max(0, context.memory.refusedInARow - 1)
  const facts = { requestCount, failures, jitter: jitterOf(nonce) }
  const decision = decideRefusal(error, facts, submission.verdictAt ?? (await context.store.now()))
  await pauseAccount(context, submission, decision, error)
  await releaseAll(context, lease, submission, () => ({
    to: decision.members,
    possiblyPaid: false,
  }))
}

const UNKNOWN_REFUSAL: ProviderError = {
  status: null,
  type: null,
  code: null,
  message: 'refused',
  requestId: null,
  retryAfterMs: null,
}

// A pause that lasts longer stays: somebody set it by hand, or another refusal asked for more. Compare-and-set once:
// whoever changed it meanwhile knows something newer.
async function pauseAccount(
  context: EngineContext,
  submission: Submission,
  { pauseUntilAt, reason }: RefusalDecision,
  error: ProviderError,
): Promise<void> {
  if (pauseUntilAt === null) return
  const { store } = context
  const name = pauseSetting(submission.account)
  const current = await store.getSetting(name)
  const standing = (current?.value ?? null) as Pause | null
  if (standing !== null && (standing.until === null || standing.until >= pauseUntilAt)) return
  const value: Pause = { until: pauseUntilAt, reason, error }
  await store.putSetting({ ...name, value, ifVersion: current?.version ?? null })
  tell(context, { type: 'paused', account: submission.account, until: pauseUntilAt, error })
}
