import type { Attempt } from '../../model/attempt.js'
import type { NanoUsd } from '../../model/money.js'

/**
 * What the answer of an attempt would have cost in real time; null for a price that is not known. Nothing for a usable one that another
 * usable one was there for: a hedge, a twin or an orphan comes of batches alone, and in real time nobody would have asked for it.
 */
export function costInRealTime({
  waste,
  usability,
  realtimeNano,
}: Pick<Attempt, 'waste' | 'usability' | 'realtimeNano'>): NanoUsd | null {
  return waste && usability === 'usable' ? (0 as NanoUsd) : realtimeNano
}
