import { laneOf } from '../model/lane.js'
import type { OpenOutcome } from '../model/open-outcome.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { isHedge } from '../policy/hedging.js'
import { TURNAROUND_SLACK_MS } from '../policy/turnaround/ready-outlook.js'
import { rescuable, rescueAt, rescueNotBefore } from '../policy/turnaround/rescuable.js'
import { cancelAtProvider } from './cancel-batch.js'
import { type EngineContext, tell } from './context.js'
import { hedgeMembers } from './hedge-members.js'
import type { HeldLease } from './held-lease.js'
import { isLateKnown, isNew, type LateBatch, warnLate } from './late-batch.js'
import { openMembers } from './open-members.js'
import { readPolicy } from './policies.js'
import { warnIfOver } from './warn-if-over.js'

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
  const { store } = context
  const batch = await store.getSubmission({ submissionId })
  if (batch?.state !== 'in_progress' && batch?.state !== 'canceling') return
  const now = await store.now()
  if (now >= deadlineAt) return await warnIfOver(context, batch)
  const policy = await readPolicy(context, project, queue)
  const late = { batch, lease: of.lease, deadlineAt, now }
  const isRescued = policy.rescue === 'hedge' || policy.rescue === 'cancel_batch_first'
  const lookAt = isRescued ? await decide(context, late, policy) : await watch(context, late)
  if ((batch.nextStepAt ?? 0) <= lookAt) return
  await store.noteSubmission({ fence: of.lease.fence, submissionId, nextStepAt: lookAt })
}

// Answers when it is to be looked at again: once more at the instant itself, since what is not back by then is told.
async function watch(context: EngineContext, late: LateBatch): Promise<EpochMs> {
  const { batch, deadlineAt, now } = late
  const lookAt = deadlineAt - TURNAROUND_SLACK_MS
  if (now < lookAt) return lookAt
  if (isLateKnown(context, batch)) return deadlineAt
  const open = await openMembers(context, batch)
  warnLate(context, late, open.length, 'its queue is not rescued once it is sent')
  return deadlineAt
}

async function decide(
  context: EngineContext,
  late: LateBatch,
  { rescue }: QueuePolicy,
): Promise<EpochMs> {
  const { batch, deadlineAt, now } = late
  const { callsAtOnce } = context.settings
  const facts = { deadlineAt, callsAtOnce, cancels: rescue === 'cancel_batch_first' }
  const notBefore = rescueNotBefore(batch.requestCount, facts)
  if (now < notBefore) return notBefore
  const open = await openMembers(context, batch)
  if (open.length === 0) return deadlineAt
  const lookAt = rescueAt(open, facts)
  if (now < lookAt) return lookAt
  if (rescue === 'cancel_batch_first') await cancelLate(context, late, open)
  else await hedgeMembers(context, late, open)
  return deadlineAt
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
