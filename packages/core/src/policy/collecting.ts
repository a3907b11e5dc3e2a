import type { OutcomeCounts } from '../model/outcome.js'
import type { Collecting, Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { EngineSettings } from './engine-settings.js'

/** What is known when an ended batch is looked at again. */
export interface CollectFacts {
  readonly submission: Pick<
    Submission,
    'counts' | 'collecting' | 'remoteArchivedAt' | 'remoteCreatedAt'
  >
  /** Distinct attempts with an outcome, by type, counted in the store. */
  readonly stored: OutcomeCounts
  /** Attempts that are not released. */
  readonly live: number
  /** Whether a valid list lacks the batch; asked only of one that has been missing for long. */
  readonly isUnlisted: boolean
}

/**
 * What to do with an ended batch.
 *
 * `close`: every row is proven; decide about the members and end it. `fetch`: read the results file; `inDoubt` when nobody
 * waits for it and some of the rest was paid: that is booked as possibly paid until a line comes.
 * `requeue`: the rest was not paid and goes back to waiting. `fail_rest`: some of the rest was paid and can't be
 * fetched; `final` when the file won't come any more.
 */
export type CollectDecision =
  | { readonly type: 'close' }
  | { readonly type: 'fetch'; readonly inDoubt?: true }
  | { readonly type: 'requeue' }
  | { readonly type: 'fail_rest'; readonly final: boolean }

/** Whether the store holds an outcome for every row that the provider counted, type by type. */
function isComplete(stored: OutcomeCounts, counts: OutcomeCounts | null): boolean {
  return (
    counts !== null &&
    counts.processing === 0 &&
    stored.succeeded === counts.succeeded &&
    stored.errored === counts.errored &&
    stored.canceled === counts.canceled &&
    stored.expired === counts.expired
  )
}

/** Whether every paid row is stored, so that what is missing was not paid. Unknown counts prove nothing. */
function isPaidComplete(stored: OutcomeCounts, counts: OutcomeCounts | null): boolean {
  return counts !== null && counts.processing === 0 && stored.succeeded === counts.succeeded
}

/** Decides what an ended batch needs next: architecture 7. */
export function decideCollect(
  facts: CollectFacts,
  settings: EngineSettings,
  now: EpochMs,
): CollectDecision {
  const { submission, stored, live } = facts
  const { collecting } = submission
  if (isComplete(stored, submission.counts)) return { type: 'close' }
  const isDropped = isUnavailable(submission, settings, now)
  const isMissing = isMissingForGood(collecting, settings, now)
  if (!isDropped && !isMissing && !isTriedEnough(collecting, settings, now))
    return { type: 'fetch' }
  if (isPaidComplete(stored, submission.counts)) return { type: 'requeue' }
  if (!isDropped && !isTriedForLong(collecting, settings, now)) return fetchAgain(live)
  // The members fail once; after that the file is still tried for while the provider keeps it, and it keeps what it lists.
  const final = isDropped || (isMissing && facts.isUnlisted)
  return live > 0 || final ? { type: 'fail_rest', final } : fetchAgain(live)
}

// Members that were all let go before fail no more, so that nothing speaks against saying at once what is in doubt.
function fetchAgain(live: number): CollectDecision {
  return live > 0 ? { type: 'fetch' } : { type: 'fetch', inDoubt: true }
}

/** What the next try of a results file depends on. */
export interface FetchScheduleFacts {
  readonly collecting: Collecting
  /** Attempts that are not released. */
  readonly live: number
  /** From 0 to below 1, drawn for this try. */
  readonly jitter: number
}

/** When to try a results file, or a batch that is not there, again. */
export function nextFetchAt(
  facts: FetchScheduleFacts,
  settings: EngineSettings,
  now: EpochMs,
): EpochMs {
  const { collecting, live, jitter } = facts
  const failures = collecting.failedFetches + collecting.missingAnswers
  if (failures > 0) {
    const grown = settings.pollMinMs * 2 ** Math.min(failures, 20)
    // Six tries in the six hours after which missing means gone.
    const ceiling = Math.min(settings.goneAfterMs / settings.goneTries, grown)
    return now + Math.round(ceiling * (0.5 + 0.5 * jitter))
  }
  if (collecting.completeFetches === 0) return now
  if (live === 0) return now + settings.identifyEveryMs
  const isEarly = collecting.completeFetches < settings.fetchesNeeded
  return now + (isEarly ? settings.fetchGapMs : settings.fetchSpanMs)
}

/** Whether a short file was fetched whole often enough and over long enough for its rest to be decided. */
export function isTriedEnough(
  collecting: Collecting,
  settings: EngineSettings,
  now: EpochMs,
): boolean {
  return (
    collecting.completeFetches >= settings.fetchesNeeded &&
    collecting.firstCompleteAt !== null &&
    now - collecting.firstCompleteAt >= settings.fetchSpanMs
  )
}

/** Whether a batch, or its file, has been missing long and often enough to count as deleted. */
export function isMissingForGood(
  collecting: Collecting,
  settings: EngineSettings,
  now: EpochMs,
): boolean {
  const { missingAnswers, firstMissingAt } = collecting
  return (
    firstMissingAt !== null &&
    missingAnswers >= settings.goneTries &&
    now - firstMissingAt >= settings.goneAfterMs
  )
}

function isTriedForLong(collecting: Collecting, settings: EngineSettings, now: EpochMs): boolean {
  const { completeFetches, missingAnswers } = collecting
  const since = collecting.firstCompleteAt ?? collecting.firstMissingAt ?? now
  const tries = completeFetches + missingAnswers
  return now - since >= settings.lostResultMs && tries >= settings.lostTries
}

function isUnavailable(
  submission: CollectFacts['submission'],
  settings: EngineSettings,
  now: EpochMs,
): boolean {
  const { remoteArchivedAt, remoteCreatedAt } = submission
  const isOld = remoteCreatedAt !== null && now - remoteCreatedAt >= settings.resultsLifetimeMs
  return remoteArchivedAt !== null || isOld
}
