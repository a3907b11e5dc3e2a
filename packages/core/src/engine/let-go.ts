import type { ProviderError } from '../model/provider-error.js'
import type { Verdict } from '../model/request.js'
import type { Submission } from '../model/submission.js'
import { failsLostMembers } from '../policy/release.js'
import type { EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'
import { isolate } from './isolate.js'
import { noteRefusal } from './note-refusal.js'
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
  const failsThem = failsLostMembers(submission, policy.onLostAnswer)
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
  const { members: to } = await noteRefusal(context, submission, error)
  if (to === 'isolate') return await isolate(context, lease, submission, error)
  await releaseAll(context, lease, submission, () => ({ to, possiblyPaid: false }))
}

const UNKNOWN_REFUSAL: ProviderError = {
  status: null,
  type: null,
  code: null,
  message: 'refused',
  requestId: null,
  retryAfterMs: null,
}
