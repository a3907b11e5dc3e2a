import type { AccountId, SubmissionId } from '../model/ids.js'
import { laneOf } from '../model/lane.js'
import { submissionOfResource } from '../model/resource.js'
import type { Submission } from '../model/submission.js'
import { isHedge } from '../policy/hedging.js'
import { type NextStep, nextStep } from '../policy/next-step.js'
import { collectSubmission } from './collect.js'
import { describeError, type EngineContext, isFatal, isForOthers, tell } from './context.js'
import { giveUpCall } from './give-up-call.js'
import type { HeldLease } from './held-lease.js'
import { letMembersGo } from './let-go.js'
import { pollBatches } from './poll.js'
import { recordForSure } from './record-for-sure.js'
import { scanForLost } from './scan.js'
import { sendSubmission } from './send.js'
import { reclaim, takeApart } from './take-apart.js'

/** A submission that is due, and the right to do its next step. */
export interface HeldSubmission {
  readonly submission: Submission
  readonly lease: HeldLease
}

/** A piece of work, under the name that a failure is told with. */
export interface StepJob {
  readonly name: string
  readonly run: () => Promise<void>
}

/** One or several next steps, as they are done in one go. */
export interface HeldJob extends StepJob {
  /** What it works on; given back as soon as it has ended. */
  readonly leases: readonly HeldLease[]
}

/** Reads the submissions whose leases were just claimed. When that fails, none of the leases is kept. */
export async function loadHeld(
  context: EngineContext,
  leases: readonly HeldLease[],
): Promise<readonly HeldSubmission[]> {
  const held: HeldSubmission[] = []
  try {
    for (const lease of leases) {
      const submissionId = submissionOfResource(lease.resource) as SubmissionId
      const submission = await context.store.getSubmission({ submissionId })
      if (submission !== null) held.push({ submission, lease })
    }
    return held
  } catch (error) {
    for (const lease of leases) await giveBack(context, lease)
    throw error
  }
}

/** Scans and polls of one account are one job, since one walk through the list answers for all of them. */
export function jobsOf(
  context: EngineContext,
  held: readonly HeldSubmission[],
): readonly HeldJob[] {
  const jobs: HeldJob[] = []
  const groups = new Map<string, HeldSubmission[]>()
  for (const each of held) {
    const step = nextStep(each.submission)
    if (isTogetherStep(step)) {
      const key = `${step} ${each.submission.account}`
      groups.set(key, [...(groups.get(key) ?? []), each])
    } else {
      const leases = [each.lease]
      jobs.push({ name: step, leases, run: () => runAlone(context, step, each) })
    }
  }
  for (const [key, group] of groups) {
    const account = group[0]?.submission.account as AccountId
    const walk = key.startsWith('poll') ? pollBatches : scanForLost
    const leases = group.map(({ lease }) => lease)
    jobs.push({ name: key, leases, run: () => walk(context, account, group) })
  }
  return jobs
}

type TogetherStep = Extract<NextStep, 'poll' | 'scan'>

/** Whether its next step is done together with others of its account. */
export function isTogether({ submission }: HeldSubmission): boolean {
  return isTogetherStep(nextStep(submission))
}

function isTogetherStep(step: NextStep): step is TogetherStep {
  return step === 'poll' || step === 'scan'
}

async function runAlone(
  context: EngineContext,
  step: Exclude<NextStep, TogetherStep>,
  { submission, lease }: HeldSubmission,
): Promise<void> {
  switch (step) {
    case 'send':
      if (isUnsentOld(context, submission) || (await isOfNoUse(context, submission))) {
        return await takeApart(context, lease, submission)
      }
      return await sendSubmission(context, lease, submission)
    case 'suspect':
      // Its lease lapsed, so its sender crashed or is frozen. Only the provider's list can say what became of it.
      await recordForSure(context, submission, { type: 'ambiguous', error: SENDER_GONE })
      return
    case 'give_up':
      return await giveUpCall(context, lease, submission)
    case 'reclaim':
      return await reclaim(context, lease, submission)
    case 'release':
      return await letMembersGo(context, lease, submission)
    case 'collect':
      return await collectSubmission(context, lease, submission)
    case 'nothing': {
      const nextStepAt = (await context.store.now()) + context.settings.identifyEveryMs
      const { fence } = lease
      await context.store.noteSubmission({ fence, submissionId: submission.id, nextStepAt })
    }
  }
}

// Planned before a long absence, or by a store that was found to be older than what the provider has.
// Its nonce is as old as its opening, whenever it was sealed: the life that a backup has lost may have sent it.
function isUnsentOld({ memory }: EngineContext, { openedAt }: Submission): boolean {
  return memory.isSendingStopped || openedAt < memory.unsentBefore
}

// A call that hedges brings its answer before the batch's instant, or is no hedge.
async function isOfNoUse({ store }: EngineContext, submission: Submission): Promise<boolean> {
  const { deadlineAt } = laneOf(submission.lane)
  return isHedge(submission) && deadlineAt !== null && (await store.now()) >= deadlineAt
}

const SENDER_GONE = {
  status: null,
  type: null,
  code: 'sender_gone',
  message: 'The process that sent it ended, or stood still, before it recorded an answer.',
  requestId: null,
  retryAfterMs: null,
} as const

/** Gives a lease back. One that can't be given back now lapses by itself; answers whether it could. */
export async function giveBack(context: EngineContext, lease: HeldLease): Promise<boolean> {
  return await attempt(context, { name: 'give_back', run: () => lease.release() })
}

/** Runs a step; a failure from outside is told and tried again later, a bug stops the engine. */
export async function attempt(context: EngineContext, job: StepJob): Promise<boolean> {
  try {
    await job.run()
    return true
  } catch (error) {
    if (isFatal(error)) throw error
    if (isForOthers(error)) return true
    tell(context, { type: 'step_failed', step: job.name, message: describeError(error) })
    return false
  }
}
