import { numberFromBase32 } from '../../model/crockford.js'
import type { Nonce } from '../../model/ids.js'

const JITTER_DIGITS = 10

/**
 * Full jitter: a wait between 0 and the ceiling `min(capMs, baseMs × 2^failures)`, in whole milliseconds.
 *
 * `failures` is how many went before this one, from 0. `jitter` is drawn evenly from 0 up to, not including, 1; one that
 * is out of range counts as the nearest end.
 */
export function backoffMs(
  params: Readonly<{ baseMs: number; capMs: number; failures: number; jitter: number }>,
): number {
  const ceiling = Math.min(params.capMs, params.baseMs * 2 ** Math.max(0, params.failures))
  return Math.floor(ceiling * Math.min(1, Math.max(0, params.jitter)))
}

/**
 * The jitter of a submission, from its nonce, which is random: the same for every page of its members and after a crash,
 * so that its retries travel together.
 */
export function jitterOf(nonce: Nonce): number {
  const drawn = numberFromBase32(nonce.slice(-JITTER_DIGITS))
  return drawn === null ? 0 : drawn / 32 ** JITTER_DIGITS
}
