import { laneOf } from '../model/lane.js'
import type { OpenOutcome } from '../model/open-outcome.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { isHedge } from '../policy/hedging.js'
import { rescuable, rescueAt, rescueNotBefore } from '../policy/turnaround/rescuable.js'
import { cancelAtProvider } from './cancel-batch.js'
import { type EngineContext, tell } from './context.js'
import { hedgeMembers } from './hedge-members.js'
import type { HeldLease } from './held-lease.js'
import { isNew, type LateBatch, warnLate } from './late-batch.js'
import { readPolicy } from './policies.js'

/**
 * Looks whether a batch at the provider is back in time for the instant that it is wanted by, and if not, does what its queue says: calls
 * what is open as well, or cancels it. Sees to it that the batch is looked at again when that is to be decided.
 */
export async function rescueSent(
  context: EngineContext,
  of: { readonly submission: Submission; readonly lease: HeldLease },
): Promise<void> {
  const { lane, id: submissionId, project, queue } = of.submission
  const { deadlineAt } = laneOf(lane)
  if (deadlineAt === null || isHedge(of.submission)) return
  const policy = await readPolicy(context, project, queue)
  if (policy.rescue !== 'hedge' && policy.rescue !== 'cancel_batch_first') return
  const { store } = context
  const batch = await store.getSubmission({ submissionId })
  if (batch?.state !== 'in_progress' && batch?.state !== 'canceling') return
  const now = await store.now()
  if (now >= deadlineAt) return
  const late = { batch, lease: of.lease, deadlineAt, now }
  const lookAt = await decide(context, late, policy)
  if (lookAt === null || (batch.nextStepAt ?? 0) <= lookAt) return
  await store.noteSubmission({ fence: of.lease.fence, submissionId, nextStepAt: lookAt })
}

// Answers when it is to be decided; null once it was.
async function decide(
  context: EngineContext,
  late: LateBatch,
  { rescue }: QueuePolicy,
): Promise<EpochMs | null> {
  const { batch, deadlineAt, now } = late
  const { callsAtOnce } = context.settings
  const facts = { deadlineAt, callsAtOnce, cancels: rescue === 'cancel_batch_first' }
  const notBefore = rescueNotBefore(batch.requestCount, facts)
  if (now < notBefore) return notBefore
  const open = await openMembers(context, batch)
  if (open.length === 0) return null
  const lookAt = rescueAt(open, facts)
  if (now < lookAt) return lookAt
  if (rescue === 'cancel_batch_first') await cancelLate(context, late, open)
  else await hedgeMembers(context, late, open)
  return null
}

async function openMembers(
  { store }: EngineContext,
  { id: submissionId }: Submission,
): Promise<readonly OpenOutcome[]> {
  const open: OpenOutcome[] = []
  const limit = store.traits.pageLimit
  for (let after = -1; ; ) {
    const page = await store.openOutcomes({ submissionId, after, limit })
    const last = page.at(-1)
    if (last === undefined) return open
    open.push(
      ...page.filter(({ outcome, cancelRequested }) => outcome === null && !cancelRequested),
    )
    after = last.ordinal
  }
}

// What runs already is answered, and paid, all the same. What comes back unanswered waits, and is rescued like all that waits.
async function cancelLate(
  context: EngineContext,
  late: LateBatch,
  open: readonly OpenOutcome[],
): Promise<void> {
  const { batch, deadlineAt, now } = late
  // Of one that was found in the list nothing proves yet whose it is; a twin's requests may be wanted in its original.
  if (batch.state !== 'in_progress' || batch.twinOf !== null) return
  const { callsAtOnce } = context.settings
  const inTime = rescuable(open, { deadlineAt, callsAtOnce, before: 0 }, now)
  if (inTime.length === 0)
    return warnLate(context, late, open.length, 'calls may not be in time either')
  // The provider may not heed it, and is asked again then.
  if (!(await cancelAtProvider(context, batch))) return
  if (!isNew(context, `canceled ${batch.id}`)) return
  const { queue } = batch
  const count = open.length
  tell(context, {
    type: 'rescued',
    how: 'cancel_batch_first',
    queue,
    count,
    deadlineAt,
    extraNano: null,
  })
}
