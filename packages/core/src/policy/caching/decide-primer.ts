import type { RequestId } from '../../model/ids.js'
import type { PrimerReason, SharedPrefix } from '../../model/job-primer.js'
import type { NanoUsd } from '../../model/money.js'
import type { EpochMs } from '../../model/time.js'
import { costAt } from '../money/cost.js'
import { leastCachedTokens } from '../money/least-cached-tokens.js'
import { type PriceBook, priceOf } from '../money/price-book.js'

/**
 * The share of requests that find a prefix which was written before they were sent: halfway between the least and the most that
 * users of batches have seen, 0.3 and 0.98. Source: the provider's page on batches, fact sheet section 9, 2026-11-21.
 */
export const EXPECTED_HIT_SHARE = 0.64

/** A primer that is less likely than this back in time is none. */
export const LEAST_CHANCE = 0.5

/** What deciding about a primer needs to know. */
export interface PrimerFacts {
  readonly prefixes: readonly SharedPrefix[]
  /** Whether the first rows of each job go alone anyway. */
  readonly hasCanary: boolean
  /** How likely a batch of one is back before the rest may wait no longer, from 0 to 1. */
  readonly chance: number
  /** Whether the rest is likely in time if it waits for such a batch. */
  readonly leavesTime: boolean
  readonly book: PriceBook
  /** The instant whose prices count. */
  readonly at: EpochMs
}

/** Whether a primer goes first. */
export type PrimerDecision =
  | {
      readonly type: 'prime'
      /** A request for each prefix that pays. */
      readonly requestIds: readonly RequestId[]
      readonly savingNano: NanoUsd
    }
  | { readonly type: 'cold'; readonly reason: PrimerReason; readonly savingNano: NanoUsd | null }

/**
 * Decides whether one request of each shared prefix is sent alone first, to write it for the others.
 *
 * Without one, each row of a cold batch may write the prefix again, at twice the price of plain input where it lives for an hour; a row that
 * finds it pays a tenth or less. It pays where two rows or more share a prefix that the model caches, at a known price, and where
 * a batch of one is likely back before the rest may wait no longer. The saving counts by that chance, so it is what the delay is held against.
 */
export function decidePrimer(facts: PrimerFacts): PrimerDecision {
  const { prefixes, hasCanary, chance, leavesTime } = facts
  if (hasCanary) return cold('canary')
  const judged = prefixes.map((prefix) => judgePrefix(prefix, facts))
  const paying = judged.flatMap((each) => (each.type === 'pays' ? [each] : []))
  const savingNano = paying.reduce((sum, each) => sum + each.savingNano, 0) as NanoUsd
  if (paying.length === 0) {
    // They stand in the order of what is to be saved, so the first one says why for most rows.
    const [first] = judged
    return cold(first === undefined || first.type === 'pays' ? 'not_shared' : first.reason)
  }
  if (!leavesTime) return cold('deadline', savingNano)
  if (chance < LEAST_CHANCE) return cold('slow', savingNano)
  return { type: 'prime', requestIds: paying.map(({ requestId }) => requestId), savingNano }
}

type JudgedPrefix =
  | { readonly type: 'pays'; readonly requestId: RequestId; readonly savingNano: NanoUsd }
  | { readonly type: 'cold'; readonly reason: PrimerReason }

function judgePrefix(prefix: SharedPrefix, facts: PrimerFacts): JudgedPrefix {
  const { requestId, model, rows, ttl, tokens } = prefix
  if (rows < 2) return { type: 'cold', reason: 'not_shared' }
  if (ttl === '5m') return { type: 'cold', reason: 'five_minutes' }
  if (tokens.low < leastCachedTokens(model)) return { type: 'cold', reason: 'too_short' }
  const perHit = savedByHit(prefix, facts)
  if (perHit === null) return { type: 'cold', reason: 'unknown_price' }
  const savingNano = Math.floor(perHit * (rows - 1) * EXPECTED_HIT_SHARE * facts.chance) as NanoUsd
  if (savingNano <= 0) return { type: 'cold', reason: 'no_saving' }
  return { type: 'pays', requestId, savingNano }
}

// What a row that reads the prefix pays less than one that writes it. At the low end of the tokens, so that no more is promised than likely is.
function savedByHit({ model, tokens }: SharedPrefix, { book, at }: PrimerFacts): number | null {
  const price = priceOf(book, model, at)
  if (price === null) return null
  const write = costAt(price, { ...NO_USAGE, cacheWrite1hTokens: tokens.low }, 'batch', NO_TOOLS)
  const read = costAt(price, { ...NO_USAGE, cacheReadTokens: tokens.low }, 'batch', NO_TOOLS)
  return write === null || read === null ? null : write - read
}

const NO_TOOLS = { fees: new Map(), otherTools: null }
const NO_USAGE = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  webSearchRequests: 0,
  inferenceGeo: null,
}

function cold(reason: PrimerReason, savingNano: NanoUsd | null = null): PrimerDecision {
  return { type: 'cold', reason, savingNano }
}
