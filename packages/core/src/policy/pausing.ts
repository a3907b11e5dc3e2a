import type { SubmissionId } from '../model/ids.js'
import { lanesAlike } from '../model/lane.js'
import { type AccountPauses, type HandPause, NO_PAUSES, type Pause } from '../model/pause.js'
import type { EpochMs } from '../model/time.js'

/** The documents of `pauseSettings`, which sends of one queue are judged by, as they stand in the store; null for none. */
export interface PauseDocuments {
  readonly store: unknown
  readonly account: unknown
  readonly project: unknown
  readonly queue: unknown
}

/**
 * Whether something may be sent.
 *
 * `held`: not before `until`; null means until somebody resumes it. `probe`: one submission may try whether the pause
 * is over, and until it has, no other may.
 */
export type SendHold =
  | { readonly type: 'free' }
  | { readonly type: 'probe'; readonly pauses: readonly Pause[] }
  | {
      readonly type: 'held'
      readonly by: 'store' | 'hand' | 'project' | 'queue' | 'provider'
      readonly until: EpochMs | null
      readonly pause: Pause | null
    }

/** Reads an account's pauses from its document. */
export function pausesOf(value: unknown): AccountPauses {
  const found = value as Partial<AccountPauses> | null | undefined
  if (found === null || found === undefined) return NO_PAUSES
  return { hand: found.hand ?? null, automatic: found.automatic ?? [] }
}

/**
 * Decides whether a submission of a lane may be sent; null for `submissionId` when there is none yet.
 *
 * A pause by hand holds everything, whatever pauses began or ended by themselves. An automatic one lets the submission
 * through that was named as its probe, and from `until` on the next one that asks.
 */
export function sendHoldOf(
  documents: PauseDocuments,
  facts: { readonly lane: string; readonly submissionId: SubmissionId | null },
  now: EpochMs,
): SendHold {
  const { hand, automatic } = pausesOf(documents.account)
  const byHand = [
    ['store', documents.store],
    ['hand', hand],
    ['project', documents.project],
    ['queue', documents.queue],
  ] as const
  const held = byHand.find(([, value]) => ((value ?? null) as HandPause | null) !== null)
  if (held !== undefined) return { type: 'held', by: held[0], until: null, pause: null }
  const standing = automatic.filter((pause) => isFor(pause, facts.lane))
  const isProbe = (pause: Pause): boolean =>
    pause.probe !== null && pause.probe === facts.submissionId
  const holding = standing.filter((pause) => pause.until > now && !isProbe(pause))
  const last = holding.reduce<Pause | null>(
    (longest, pause) => (longest === null || pause.until > longest.until ? pause : longest),
    null,
  )
  if (last !== null) return { type: 'held', by: 'provider', until: last.until, pause: last }
  const unclaimed = standing.filter((pause) => !isProbe(pause) || pause.until <= now)
  return unclaimed.length === 0 ? { type: 'free' } : { type: 'probe', pauses: unclaimed }
}

/**
 * Adds a refusal that came `at` an instant: begins a pause of its scope, or prolongs the one that stands. One that lasts
 * longer keeps its end. Null when it is known already, or says nothing new.
 */
export function withRefusal(
  pauses: AccountPauses,
  refusal: Pick<Pause, 'lane' | 'reason' | 'seenBy' | 'error'> & { readonly ms: number },
  at: EpochMs,
): AccountPauses | null {
  const { ms, ...said } = refusal
  const old = pauses.automatic.find((pause) => isSameScope(pause, refusal))
  if (old !== undefined && at <= old.refusedAt) return null
  // While a probe is out the end is only a guess at how long that may take.
  const standingUntil = old === undefined || old.probe !== null ? 0 : old.until
  const begun: Pause = {
    ...said,
    // What was seen to fail with sends ends only with a send.
    seenBy: old?.seenBy === 'send' ? 'send' : refusal.seenBy,
    since: old?.since ?? at,
    refusedAt: at,
    until: Math.max(standingUntil, at + ms),
    refusals: (old?.refusals ?? 0) + 1,
    probe: null,
  }
  const others = pauses.automatic.filter((pause) => !isSameScope(pause, refusal))
  return { ...pauses, automatic: [...others, begun] }
}

function isSameScope(pause: Pause, { lane }: Pick<Pause, 'lane'>): boolean {
  return pause.lane === null || lane === null ? pause.lane === lane : lanesAlike(pause.lane, lane)
}

/** Names the submission that tries whether pauses are over; no other one is sent before it has, or its time is up. */
export function withProbe(
  pauses: AccountPauses,
  probe: { readonly lane: string; readonly submissionId: SubmissionId; readonly ms: number },
  now: EpochMs,
): AccountPauses {
  const automatic = pauses.automatic.map((pause) =>
    isFor(pause, probe.lane)
      ? { ...pause, probe: probe.submissionId, until: Math.max(pause.until, now + probe.ms) }
      : pause,
  )
  return { ...pauses, automatic }
}

/** What the provider took or answered well, and when it was asked. */
export interface GoodNews {
  readonly by: 'send' | 'read'
  readonly lane: string | null
  /** Began after this instant of the store's clock. */
  readonly askedAt: EpochMs
}

/** Ends the automatic pauses that good news disproves; null when it disproves none. Those by hand stay. */
export function withoutDisproved(pauses: AccountPauses, news: GoodNews): AccountPauses | null {
  const automatic = pauses.automatic.filter((pause) => !disproves(news, pause))
  return automatic.length === pauses.automatic.length ? null : { ...pauses, automatic }
}

function disproves(news: GoodNews, pause: Pause): boolean {
  if (pause.since > news.askedAt) return false
  if (news.by === 'read') return pause.seenBy === 'read'
  return isFor(pause, news.lane)
}

// What the provider says of a lane holds whenever its answers are wanted.
function isFor(pause: Pause, lane: string | null): boolean {
  return pause.lane === null || (lane !== null && lanesAlike(pause.lane, lane))
}

/** Ends a pause by hand, and lets those that began by themselves be tried at once. */
export function resumed(pauses: AccountPauses, now: EpochMs): AccountPauses {
  const automatic = pauses.automatic.map((pause) => ({
    ...pause,
    until: Math.min(pause.until, now),
  }))
  return { hand: null, automatic }
}
