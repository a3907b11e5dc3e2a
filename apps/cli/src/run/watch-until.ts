import { setTimeout as wait } from 'node:timers/promises'
import { StoreUnavailableError } from '@halfrate/core'
import { type EngineHost, type Halfrate, LookPace } from '@halfrate/runtime'
import { isAllAtClaude, isSent } from '../screen/job-figures.js'
import type { ProgressFacts } from '../screen/progress-screen.js'
import type { JobWatch } from './job-watch.js'
import type { Presenter } from './presenter.js'

// Real time.
const LEAST_REST_MS = 250
const UNAVAILABLE_WAIT_MS = 2_000

/** How watching ended, with the last look; null when the store did not answer before the interruption. */
export type WatchResult =
  | { readonly type: 'done'; readonly last: ProgressFacts }
  | { readonly type: 'sent'; readonly last: ProgressFacts }
  /** Nothing of it is under way, and the next row does not fit under its cap, or its canary stopped the rest. */
  | { readonly type: 'stopped'; readonly last: ProgressFacts }
  | { readonly type: 'interrupted'; readonly last: ProgressFacts | null }

/** What is watched, and who is told. */
export interface WatchParams {
  readonly half: Pick<Halfrate, 'clock' | 'clockFactor'>
  readonly watch: Pick<JobWatch, 'look'>
  readonly host: Pick<EngineHost, 'finished'>
  readonly presenter: Presenter
  readonly signal: AbortSignal
}

/**
 * Shows how a job goes on until every row of it is done, or with `sent` at Claude as far as its cap and its canary let them, until it
 * stands still for one of these, or until the signal.
 *
 * @throws what ended the engine, if it was a bug.
 */
export async function watchUntil(end: 'done' | 'sent', params: WatchParams): Promise<WatchResult> {
  const { half, watch, host, presenter, signal } = params
  const nowMs = (): number => half.clock.monotonicMs() / half.clockFactor
  const pace = new LookPace({ nowMs, leastRestMs: LEAST_REST_MS })
  // Only what was answered counts: a store that was away for an hour makes no look a long one.
  const paced = { ...params, watch: { look: () => pace.time(() => watch.look()) } }
  const died = host.finished.then(() => undefined)
  died.catch(() => undefined)
  for (;;) {
    const last = await lookPatiently(paced)
    if (last === null) return { type: 'interrupted', last }
    presenter.progress(last)
    const { counts } = last.report
    if (counts.byState.done === counts.total) return { type: 'done', last }
    if (end === 'sent' && isSentAsFitting(last)) return { type: 'sent', last }
    if (isStopped(last)) return { type: 'stopped', last }
    if (signal.aborted) return { type: 'interrupted', last }
    await Promise.race([wait(pace.rest(), undefined, { signal }).catch(() => undefined), died])
  }
}

// Where a batch is to be looked at, it may have ended, and more goes in its place.
function isSentAsFitting({
  budget,
  canary,
  primer,
  report: { counts },
  batches,
  now,
}: ProgressFacts): boolean {
  if (isSent(counts)) return true
  const isDue = batches.some(
    ({ submission: { nextStepAt } }) => nextStepAt !== null && nextStepAt <= now,
  )
  const waitsForFirst = canary != null || primer?.state === 'away'
  const isHeld = (budget !== null && budget.held !== null) || waitsForFirst
  return isHeld && isAllAtClaude(counts) && !isDue
}

function isStopped({ budget, canary, report }: ProgressFacts): boolean {
  const isStill = (budget !== null && budget.stopped !== null) || canary?.state === 'stopped'
  return isStill && report.counts.byState.assigned === 0
}

/**
 * How a job stands. A store that does not answer for a moment is no reason to end: the engine waits for it too. Null when
 * the signal comes first.
 */
export async function lookPatiently(
  params: Pick<WatchParams, 'watch' | 'presenter' | 'signal'>,
): Promise<ProgressFacts | null> {
  for (let said = false; ; said = true) {
    try {
      return await params.watch.look()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      if (params.signal.aborted) return null
      if (!said) params.presenter.say(`waiting for the store: ${error.message}`)
      await wait(UNAVAILABLE_WAIT_MS, undefined, { signal: params.signal }).catch(() => undefined)
    }
  }
}
