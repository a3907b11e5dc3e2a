import type { PoisonIncident } from '../model/poison.js'
import type { ProviderError } from '../model/provider-error.js'
import type { Submission } from '../model/submission.js'
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../model/time.js'
import { sendHoldOf } from '../policy/pausing.js'
import { accountPauseOf } from '../policy/retry/account-pause.js'
import {
  decidePoison,
  type PoisonStep,
  type RefusedBatch,
  withCanary,
} from '../policy/retry/poison.js'
import { contentLengthOf } from '../policy/wire-size.js'
import { sendCanary } from './canary.js'
import type { EngineContext } from './context.js'
import { releaseCulprits } from './culprits.js'
import type { HeldLease } from './held-lease.js'
import { noteGoodNews, pauseFor, readPauses, scopeOfRefusal } from './pauses.js'
import { alarmIfExhausted, changeIncident, noteRefusedBatch } from './poison-state.js'
import { type DecideMember, releaseAll } from './release.js'

// Members are released page by page; planning waits until all of them are.
const GATHER_MS = 2 * SECOND_MS
const MOST_DETAIL = 1_000

/**
 * Finds out why a batch was refused as such (400, 413): looks at its items, asks whether the provider takes anything of
 * its lane at all, and if it does, sends its halves until single requests are left, which fail.
 *
 * It stays refused and whole until that is decided, and all that was learned stands in the store, so that whoever comes
 * after a crash goes on.
 */
export async function isolate(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  error: ProviderError,
): Promise<void> {
  const { store } = context
  const now = await store.now()
  const incident = await noteBadBatch(context, submission, error)
  if (incident === 'paused') {
    await release(context, lease, submission, waiting(now, null))
    return
  }
  const refused = refusedOf(submission, error, now)
  if (incident === null) return await lookAgain(context, lease, submission, now + MINUTE_MS)
  let step: PoisonStep | null = decidePoison(incident, refused, now)
  if (step.type === 'canary') {
    if (await releaseCulprits(context, lease, submission, now)) return
    step = await askCanary(context, lease, submission, refused)
  }
  await follow(context, { lease, submission, error, refused }, step)
}

/**
 * Notes a batch that was refused as such under the incident of its lane, unless a pause could be why. Done by its sender
 * at once, so that its lane is held back in time, and again by whoever isolates it; it counts once.
 */
export async function noteBadBatch(
  context: EngineContext,
  submission: Submission,
  error: ProviderError,
): Promise<PoisonIncident | 'paused' | null> {
  const now = await context.store.now()
  if (await isHeldBack(context, submission, now)) return 'paused'
  const { account } = submission
  return await noteRefusedBatch(context, { ...refusedOf(submission, error, now), account })
}

interface Isolation {
  readonly lease: HeldLease
  readonly submission: Submission
  readonly error: ProviderError
  readonly refused: RefusedBatch
}

function refusedOf(submission: Submission, error: ProviderError, now: EpochMs): RefusedBatch {
  const { id: submissionId, lane, requestCount, itemsBytes, verdictAt } = submission
  return {
    submissionId,
    lane,
    status: error.status ?? 400,
    requestCount,
    bytes: contentLengthOf(itemsBytes, requestCount),
    verdictAt: verdictAt ?? now,
  }
}

// While sending pauses no canary is sent either, and what the pause is about may be why the batch was refused.
async function isHeldBack(
  context: EngineContext,
  submission: Submission,
  now: EpochMs,
): Promise<boolean> {
  const documents = await readPauses(context, submission)
  const { lane, id: submissionId } = submission
  return sendHoldOf(documents, { lane, submissionId }, now).type === 'held'
}

async function askCanary(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  refused: RefusedBatch,
): Promise<PoisonStep | null> {
  const { store, settings } = context
  await lease.extend(settings.sendBaseMs + settings.leaseMs)
  const claimed = await changeIncident(context, submission, (standing, now) => {
    const isNext = standing !== null && decidePoison(standing, refused, now).type === 'canary'
    return isNext ? withCanary(standing, now) : null
  })
  const begunAt = claimed?.canaryAt ?? null
  // Somebody else asks just now, or has an answer.
  if (claimed === null || begunAt === null) {
    return { type: 'wait', until: (await store.now()) + settings.idleMs }
  }
  const answer = await sendCanary(context, submission)
  const isTaken = answer.type === 'accepted'
  const after = await changeIncident(context, submission, (standing) => {
    if (standing === null) return null
    const acceptedAt = isTaken ? Math.max(begunAt, standing.acceptedAt ?? 0) : standing.acceptedAt
    return { ...standing, canaryAt: null, acceptedAt }
  })
  alarmIfExhausted(context, claimed)
  if (answer.type === 'refused') await pauseRefused(context, submission, answer.error)
  if (answer.type === 'refused') return null
  if (isTaken) {
    const { account, lane } = submission
    await noteGoodNews(context, account, { by: 'send', lane, askedAt: begunAt })
    if (after !== null) return decidePoison(after, refused, await store.now())
  }
  return { type: 'wait', until: (await store.now()) + MINUTE_MS }
}

// Nothing is wrong with the canary, so it is the account, or the headers that the whole lane shares.
async function pauseRefused(
  context: EngineContext,
  submission: Submission,
  error: ProviderError,
): Promise<void> {
  const own = { reason: 'batches_refused', ms: 15 * MINUTE_MS, mayBeLane: true } as const
  const advice = accountPauseOf(error) ?? own
  const lane = scopeOfRefusal(submission, advice)
  const at = await context.store.now()
  await pauseFor(context, submission.account, { ...advice, lane, seenBy: 'send', error }, at)
}

// Null stands for a pause: the members wait for its end, and are sent again as they were.
async function follow(
  context: EngineContext,
  { lease, submission, error, refused }: Isolation,
  step: PoisonStep | null,
): Promise<void> {
  const now = await context.store.now()
  switch (step?.type) {
    case undefined:
      return await release(context, lease, submission, waiting(now, null))
    case 'fail':
      return await release(context, lease, submission, () => failed(error))
    case 'split': {
      const { batchLimit, maxBytes } = step
      if (maxBytes !== null) await learnBytes(context, submission, maxBytes)
      return await release(context, lease, submission, waiting(now + GATHER_MS, batchLimit))
    }
    case 'rest':
      return await release(context, lease, submission, waiting(step.until, refused.requestCount))
    case 'canary':
    case 'wait': {
      const until = step.type === 'wait' ? step.until : now + MINUTE_MS
      return await lookAgain(context, lease, submission, until)
    }
  }
}

async function learnBytes(
  context: EngineContext,
  submission: Submission,
  maxBytes: number,
): Promise<void> {
  await changeIncident(context, submission, (standing) => {
    if (standing === null || (standing.maxBytes !== null && standing.maxBytes <= maxBytes)) {
      return null
    }
    return { ...standing, maxBytes }
  })
}

async function lookAgain(
  { store }: EngineContext,
  lease: HeldLease,
  submission: Submission,
  nextStepAt: EpochMs,
): Promise<void> {
  await store.noteSubmission({ fence: lease.fence, submissionId: submission.id, nextStepAt })
}

async function release(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  decide: DecideMember,
): Promise<void> {
  await releaseAll(context, lease, submission, decide)
}

function waiting(notBefore: EpochMs, batchLimit: number | null): DecideMember {
  const to = { type: 'waiting', notBefore, countAs: 'nothing', batchLimit } as const
  return () => ({ to, possiblyPaid: false })
}

function failed(error: ProviderError): ReturnType<DecideMember> {
  const words = [error.code ?? error.type, error.message].filter((word) => word !== null)
  const detail = words.join(': ').slice(0, MOST_DETAIL)
  const verdict = { status: 'failed', reason: 'rejected', detail } as const
  return { to: { type: 'done', verdict }, possiblyPaid: false }
}
