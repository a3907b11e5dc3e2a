import type { AccountId, SubmissionId } from '../model/ids.js'
import { submissionOfResource } from '../model/resource.js'
import type { Submission } from '../model/submission.js'
import { type NextStep, nextStep } from '../policy/next-step.js'
import type { Lease } from '../ports/store-leases.js'
import { collectSubmission } from './collect.js'
import { describeError, type EngineContext, isFatal, isLostLease, tell } from './context.js'
import { HeldLease } from './held-lease.js'
import { letMembersGo } from './let-go.js'
import { pollBatches } from './poll.js'
import { scanForLost } from './scan.js'
import { recordForSure, sendSubmission } from './send.js'
import { reclaim, takeApart } from './take-apart.js'

interface HeldSubmission {
  readonly submission: Submission
  readonly lease: HeldLease
}

interface StepJob {
  readonly name: string
  readonly run: () => Promise<void>
}

/** Does the next step of every submission whose lease was just claimed. Answers how many steps went well. */
export async function runSteps(
  context: EngineContext,
  leases: readonly Lease[],
  claimedAtMs: number,
): Promise<{ readonly done: number; readonly failed: number }> {
  const held = await loadHeld(context, leases, claimedAtMs)
  const results = await runLimited(context, jobsOf(context, held))
  for (const { lease } of held) await lease.release()
  return results
}

async function loadHeld(
  context: EngineContext,
  leases: readonly Lease[],
  claimedAtMs: number,
): Promise<readonly HeldSubmission[]> {
  const held: HeldSubmission[] = []
  for (const lease of leases) {
    const submissionId = submissionOfResource(lease.resource) as SubmissionId
    const submission = await context.store.getSubmission({ submissionId })
    if (submission !== null)
      held.push({ submission, lease: new HeldLease(context, lease, claimedAtMs) })
  }
  return held
}

// Scans and polls of one account are one job, since one walk through the list answers for all of them.
function jobsOf(context: EngineContext, held: readonly HeldSubmission[]): readonly StepJob[] {
  const jobs: StepJob[] = []
  const groups = new Map<string, HeldSubmission[]>()
  for (const each of held) {
    const step = nextStep(each.submission)
    if (step === 'poll' || step === 'scan') {
      const key = `${step} ${each.submission.account}`
      groups.set(key, [...(groups.get(key) ?? []), each])
    } else {
      jobs.push({ name: step, run: () => runAlone(context, step, each) })
    }
  }
  for (const [key, group] of groups) {
    const account = group[0]?.submission.account as AccountId
    const walk = key.startsWith('poll') ? pollBatches : scanForLost
    jobs.push({ name: key, run: () => walk(context, account, group) })
  }
  return jobs
}

async function runAlone(
  context: EngineContext,
  step: Exclude<NextStep, 'poll' | 'scan'>,
  { submission, lease }: HeldSubmission,
): Promise<void> {
  switch (step) {
    case 'send':
      if (isUnsentOld(context, submission)) {
        return await takeApart(context, lease, submission)
      }
      return await sendSubmission(context, lease, submission)
    case 'suspect':
      // Its lease lapsed, so its sender crashed or is frozen. Only the provider's list can say what became of it.
      await recordForSure(context, submission, { type: 'ambiguous', error: SENDER_GONE })
      return
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

const SENDER_GONE = {
  status: null,
  type: null,
  code: 'sender_gone',
  message: 'The process that sent it ended, or stood still, before it recorded an answer.',
  requestId: null,
  retryAfterMs: null,
} as const

async function runLimited(
  context: EngineContext,
  jobs: readonly StepJob[],
): Promise<{ readonly done: number; readonly failed: number }> {
  const queue = [...jobs]
  let done = 0
  let failed = 0
  const runner = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      if (context.memory.isStopping || context.signal.aborted) return
      if (await attempt(context, job)) done += 1
      else failed += 1
    }
  }
  await Promise.all(Array.from({ length: context.settings.concurrency }, runner))
  return { done, failed }
}

/** Runs a step; a failure from outside is told and tried again later, a bug stops the engine. */
export async function attempt(context: EngineContext, job: StepJob): Promise<boolean> {
  try {
    await job.run()
    return true
  } catch (error) {
    if (isFatal(error)) throw error
    if (isLostLease(error)) return true
    tell(context, { type: 'step_failed', step: job.name, message: describeError(error) })
    return false
  }
}
