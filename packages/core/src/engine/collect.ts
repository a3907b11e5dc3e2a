import type { ProviderError } from '../model/provider-error.js'
import type { Collecting, Submission } from '../model/submission.js'
import {
  type CollectDecision,
  decideCollect,
  isMissingForGood,
  nextFetchAt,
} from '../policy/collecting.js'
import { isImported } from '../policy/evidence.js'
import { classifyCallFailure } from '../policy/retry/call-failure.js'
import { decideOutcome } from '../policy/retry/outcome.js'
import { admitCall, noteCall } from './call-health.js'
import { type EngineContext, tell, tellSubmission } from './context.js'
import { failRest } from './fail-rest.js'
import { fetchResults } from './fetch-results.js'
import { findInList } from './find-in-list.js'
import type { HeldLease } from './held-lease.js'
import { importResults } from './import-results.js'
import { readPolicy } from './policies.js'
import type { FetchEnd } from './read-lines.js'
import { releaseAll } from './release.js'
import { retryFactsOf } from './retry-facts.js'
import { warnIfOver } from './warn-if-over.js'

const BROKEN_OFF: ProviderError = {
  status: null,
  type: null,
  code: null,
  message: 'The results broke off.',
  requestId: null,
  retryAfterMs: null,
}

/**
 * Brings an ended batch home: fetch until every row is proven or decided, let the members go, close. Architecture 7.
 */
export async function collectSubmission(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const { decision, live: liveBefore } = await decide(context, submission)
  if (decision.type !== 'fetch') {
    return await conclude(context, lease, submission, { decision, live: liveBefore })
  }
  const { account } = submission
  const isRetry = submission.collecting.failedFetches > 0
  const nextStepAt = await admitCall(context, account, { operation: 'results', isRetry })
  if (nextStepAt !== null) {
    const { fence } = lease
    await context.store.noteSubmission({ fence, submissionId: submission.id, nextStepAt })
    return
  }
  await warnIfOver(context, submission)
  const fetch = isImported(submission) ? importResults : fetchResults
  const end = await fetch(context, lease, submission)
  const error = end.type === 'broken' ? (end.error ?? BROKEN_OFF) : null
  await noteCall(context, account, { operation: 'results', error })
  const after = collectingAfter(submission.collecting, end, await context.store.now())
  const updated = { ...submission, collecting: after }
  const { decision: next, live } = await decide(context, updated)
  // What the fetch has shown is stored before anything is decided by it.
  await note(context, lease, updated, { live, error: end.type === 'broken' ? end.error : null })
  if (next.type !== 'fetch') await conclude(context, lease, updated, { decision: next, live })
  else if (next.inDoubt) await failRest(context, lease, updated, { final: false })
}

interface Decided {
  readonly decision: CollectDecision
  /** Attempts that were not released when it was decided. */
  readonly live: number
}

async function decide(context: EngineContext, submission: Submission): Promise<Decided> {
  const { store, settings } = context
  const { outcomes, live } = await store.countAttempts({ submissionId: submission.id })
  const now = await store.now()
  const isUnlisted =
    isMissingForGood(submission.collecting, settings, now) &&
    (await isNotListed(context, submission))
  const decision = decideCollect({ submission, stored: outcomes, live, isUnlisted }, settings, now)
  return { decision, live }
}

async function isNotListed(context: EngineContext, submission: Submission): Promise<boolean> {
  const found = await findInList(context, submission)
  return found.type === 'not_listed'
}

async function note(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  { live, error }: { readonly live: number; readonly error: ProviderError | null },
): Promise<void> {
  const { store, settings } = context
  const { collecting } = submission
  const facts = { collecting, live, jitter: context.random.next() }
  const now = await store.now()
  await store.noteSubmission({
    fence: lease.fence,
    submissionId: submission.id,
    nextStepAt: Math.max(nextFetchAt(facts, settings, now), now + waitAfter(error, facts.jitter)),
    collecting,
  })
  if (error === null) return
  tell(context, { type: 'step_failed', step: 'fetch_results', message: error.message })
}

async function noteRest(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const { live } = await context.store.countAttempts({ submissionId: submission.id })
  await note(context, lease, submission, { live, error: null })
}

// What the provider asks for, or what only somebody outside can mend. The rest is the schedule's.
function waitAfter(error: ProviderError | null, jitter: number): number {
  return error === null ? 0 : classifyCallFailure(error, { failures: 0, jitter }).retryInMs
}

function collectingAfter(old: Collecting, end: FetchEnd, now: number): Collecting {
  switch (end.type) {
    case 'complete':
      return {
        ...old,
        completeFetches: old.completeFetches + 1,
        firstCompleteAt: old.firstCompleteAt ?? now,
        missingAnswers: 0,
        firstMissingAt: null,
        failedFetches: 0,
      }
    case 'missing':
      return {
        ...old,
        missingAnswers: old.missingAnswers + 1,
        firstMissingAt: old.firstMissingAt ?? now,
      }
    case 'broken':
      return { ...old, failedFetches: old.failedFetches + 1 }
  }
}

async function conclude(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  {
    decision,
    live,
  }: { readonly decision: Exclude<CollectDecision, { type: 'fetch' }>; readonly live: number },
): Promise<void> {
  if (decision.type === 'fail_rest') {
    await failRest(context, lease, submission, decision)
    if (!decision.final) return await noteRest(context, lease, submission)
  } else if (live > 0) {
    await releaseByOutcome(context, lease, submission)
  }
  const { fence } = lease
  const closed = await context.store.closeSubmission({ fence, submissionId: submission.id })
  if (closed !== null) tellSubmission(context, closed)
}

async function releaseByOutcome(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const policy = await readPolicy(context, submission.project, submission.queue)
  const now = await context.store.now()
  const facts = retryFactsOf(submission)
  await releaseAll(context, lease, submission, (member, story) => ({
    to: decideOutcome({ member, policy, story, submission: facts }, now),
    possiblyPaid: false,
  }))
}
