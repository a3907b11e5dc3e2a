import type { CostRow } from '../../model/cost-row.js'

/** What a set of attempts cost. Sums of rounded values, so sums of parts are the sum of the whole. Nano-dollars are bigint. */
export interface CostSums {
  /** Each request once, at its newest attempt; one that is under way again is counted when that attempt is back. */
  readonly requests: number
  /** Attempts with an outcome, and those that may have been paid without one. */
  readonly attempts: number
  readonly succeeded: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  readonly webSearchRequests: number
  /** Paid, with known prices. */
  readonly paidNano: bigint
  /** The same answers in real time, in which a usable one is paid once. */
  readonly realtimeNano: bigint
  /** Successes beyond the first of the same request and body, and what of the paid they were: `waste` of reports. */
  readonly paidTwice: number
  readonly paidTwiceNano: bigint
  /** Successes whose request was canceled or replaced, failed, or ended with another answer. */
  readonly notUsed: number
  readonly notUsedNano: bigint
  /** Attempts that may have been paid, in no sum but this one: what those with a hold can have cost at most. */
  readonly possiblyPaid: number
  readonly possiblyPaidNano: bigint
  /** Those of them without a hold, since the price is not known. */
  readonly possiblyPaidUnknown: number
  /** Successes without a known price, in no sum of money. */
  readonly unpriced: number
  /** The same by model. */
  readonly unpricedByModel: Readonly<Record<string, number>>
}

/** Sums that grow by a row at a time. */
export interface GrowingSums {
  readonly sums: CostSums
  add(row: CostRow): void
}

const NOTHING: CostSums = {
  requests: 0,
  attempts: 0,
  succeeded: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  webSearchRequests: 0,
  paidNano: 0n,
  realtimeNano: 0n,
  paidTwice: 0,
  paidTwiceNano: 0n,
  notUsed: 0,
  notUsedNano: 0n,
  possiblyPaid: 0,
  possiblyPaidNano: 0n,
  possiblyPaidUnknown: 0,
  unpriced: 0,
  unpricedByModel: {},
}

type Mutable = { -readonly [Name in keyof CostSums]: CostSums[Name] }

/** Sums of nothing yet. */
export function costSums(): GrowingSums {
  const sums: Mutable = { ...NOTHING }
  // A model may be called as any member of an object is.
  const unpriced: Record<string, number> = Object.create(null) as Record<string, number>
  sums.unpricedByModel = unpriced
  return {
    sums,
    add(row) {
      sums.attempts += 1
      if (row.isNewest) sums.requests += 1
      addTokens(sums, row)
      addMoney(sums, row)
      if (row.outcome !== 'succeeded') return
      sums.succeeded += 1
      if (row.costNano !== null) return
      sums.unpriced += 1
      unpriced[row.model] = (unpriced[row.model] ?? 0) + 1
    },
  }
}

function addTokens(sums: Mutable, { usage }: CostRow): void {
  if (usage === null) return
  sums.inputTokens += usage.inputTokens
  sums.outputTokens += usage.outputTokens
  sums.cacheReadTokens += usage.cacheReadTokens
  sums.cacheWrite5mTokens += usage.cacheWrite5mTokens
  sums.cacheWrite1hTokens += usage.cacheWrite1hTokens
  sums.webSearchRequests += usage.webSearchRequests
}

function addMoney(sums: Mutable, row: CostRow): void {
  const paid = BigInt(row.costNano ?? 0)
  sums.paidNano += paid
  sums.realtimeNano += BigInt(row.realtimeNano ?? 0)
  if (row.use === 'paid_twice') {
    sums.paidTwice += 1
    sums.paidTwiceNano += paid
  }
  if (row.use === 'not_used') {
    sums.notUsed += 1
    sums.notUsedNano += paid
  }
  if (!row.possiblyPaid) return
  sums.possiblyPaid += 1
  if (row.holdNano === null) sums.possiblyPaidUnknown += 1
  else sums.possiblyPaidNano += BigInt(row.holdNano)
}
