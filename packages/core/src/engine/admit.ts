import type { Submission } from '../model/submission.js'
import { MINUTE_MS } from '../model/time.js'
import { sendHoldOf, withProbe } from '../policy/pausing.js'
import { routeOf } from '../policy/routing/route-of.js'
import { admitCreate } from './call-health.js'
import type { EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'
import { changePauses, readPauses } from './pauses.js'
import { countBatch } from './poison-state.js'
import { takeApart } from './take-apart.js'

// A probe whose answer is lost says nothing; the next one may go after this and the time that its send is given.
const PROBE_MS = 5 * MINUTE_MS

// A batch may end, and so make room, before the time is up.
const LOOK_AGAIN_MS = MINUTE_MS

/**
 * Decides whether a sealed submission may be sent now, and makes sure of what follows if it may not: while sending
 * pauses its members are put back to waiting, so that they can be canceled, and travel together once it goes on.
 *
 * Of all workers one gets the right to probe a pause whose time is up.
 */
export async function admitSend(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<boolean> {
  const { store } = context
  const { id: submissionId, lane, account } = submission
  const facts = { lane, submissionId }
  const documents = await readPauses(context, submission)
  const now = await store.now()
  const hold = sendHoldOf(documents, facts, now)
  if (hold.type === 'free') return await admitByPace(context, lease, submission)
  if (hold.type === 'held') {
    await takeApart(context, lease, submission)
    return false
  }
  const ms = PROBE_MS + context.settings.sendBaseMs
  const isProbe = await changePauses(context, account, (pauses) => {
    const again = sendHoldOf({ ...documents, account: pauses }, facts, now)
    return again.type === 'probe' ? withProbe(pauses, { lane, submissionId, ms }, now) : null
  })
  // Whoever was faster probes; this one is looked at again, and put back if the pause goes on.
  if (!isProbe) {
    const nextStepAt = now + context.settings.idleMs
    await store.noteSubmission({ fence: lease.fence, submissionId, nextStepAt })
  }
  return isProbe && (await admitByPace(context, lease, submission))
}

// A wait that will be over soon is waited for as it is: sealed, and looked at again.
async function admitByPace(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<boolean> {
  // Calls in real time have a pace of their own, which is asked once it is known how long one may take.
  if (routeOf(submission).route === 'realtime') return true
  const { store } = context
  const until = await admitCreate(context, submission.account)
  if (until === null) return true
  const nextStepAt = Math.min(until, (await store.now()) + LOOK_AGAIN_MS)
  await store.noteSubmission({ fence: lease.fence, submissionId: submission.id, nextStepAt })
  return false
}

/**
 * Decides whether a batch may still be sent while it is looked for what makes the provider refuse batches of its lane,
 * and counts it: that is done with a bounded number of them. Asked just before the send, so that what is not sent is not
 * counted.
 */
export async function admitByIncident(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<boolean> {
  const hold = await countBatch(context, submission)
  if (hold === null) return true
  if (hold.type === 'rest') {
    await takeApart(context, lease, submission)
  } else {
    const { fence } = lease
    const submissionId = submission.id
    await context.store.noteSubmission({ fence, submissionId, nextStepAt: hold.until })
  }
  return false
}
