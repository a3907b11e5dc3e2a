import type { PrimerReason } from '../../model/job-primer.js'
import type { Request } from '../../model/request.js'
import type { EpochMs } from '../../model/time.js'

/** What a primer that is away shows: whether the rest waits on, or goes and why. */
export type PrimerVerdict =
  | { readonly type: 'open' }
  | { readonly type: 'written' | 'cold'; readonly reason: PrimerReason }

/**
 * Judges a primer by its requests as they stand, without those that something else took the place of.
 *
 * An answer means that what it asked to have cached was written; of several, one answer is enough to let the rest go once none is
 * open. However it goes, the rest waits no longer than `until`.
 */
export function judgePrimer(
  requests: readonly Pick<Request, 'state' | 'verdict'>[],
  until: EpochMs,
  now: EpochMs,
): PrimerVerdict {
  const done = requests.filter(({ state }) => state === 'done')
  const isBack = done.length === requests.length
  if (!isBack && now < until) return { type: 'open' }
  if (done.some(isAnswered)) return { type: 'written', reason: 'written' }
  if (!isBack) return { type: 'cold', reason: 'late' }
  const failed = done.some(({ verdict }) => verdict?.status === 'failed')
  return { type: 'cold', reason: failed ? 'failed' : 'gone' }
}

// An answer that is not usable was billed, and cached, like any other.
const ANSWERED: readonly string[] = ['usable', 'cut_off', 'refused', 'empty']

function isAnswered({ verdict }: Pick<Request, 'verdict'>): boolean {
  return verdict !== null && (verdict.status === 'succeeded' || ANSWERED.includes(verdict.reason))
}
