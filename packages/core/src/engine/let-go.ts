import type { ProviderError } from '../model/provider-error.js'
import type { Verdict } from '../model/request.js'
import type { Submission } from '../model/submission.js'
import { failsLostMembers } from '../policy/release.js'
import { routeOf } from '../policy/routing/route-of.js'
import type { EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'
import { isolate } from './isolate.js'
import { noteIfBooked } from './note-if-booked.js'
import { noteRefusal } from './note-refusal.js'
import { noteRefusedCall } from './note-refused-call.js'
import { readPolicy } from './policies.js'
import { releaseAll } from './release.js'

const POSSIBLY_PAID: Verdict = { status: 'failed', reason: 'possibly_paid', detail: null }

/** Lets the members of a refused or lost submission go. Its verdict was set first, by one row. */
export async function letMembersGo(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const isCall = routeOf(submission).route === 'realtime'
  if (isCall && (await noteIfBooked(context, submission))) return
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
  const failsThem =
    failsLostMembers(submission, policy.onLostAnswer) || (await wasRepeated(context, submission))
  await releaseAll(context, lease, submission, () => ({
    to: failsThem
      ? { type: 'done', verdict: POSSIBLY_PAID }
      : { type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null },
    possiblyPaid,
  }))
}

// A call in real time whose answer is lost is repeated once by itself: each time it may be paid, and nothing ever tells.
async function wasRepeated(context: EngineContext, submission: Submission): Promise<boolean> {
  const { decision } = submission.search
  if (routeOf(submission).route !== 'realtime' || decision !== undefined) return false
  const { store } = context
  const place = { submissionId: submission.id, after: -1, limit: 1 }
  const member = (await store.openOutcomes(place))[0]
  if (member === undefined) return false
  const { project } = submission
  const life = await store.getRequest({ project, id: member.requestId })
  return life?.attempts.some(({ attempt: each }) => each.possiblyPaid) ?? false
}

async function letRefusedGo(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const error = submission.error ?? UNKNOWN_REFUSAL
  if (routeOf(submission).route === 'realtime') {
    const { member } = await noteRefusedCall(context, submission, error)
    await releaseAll(context, lease, submission, () => ({ to: member, possiblyPaid: false }))
    return
  }
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
