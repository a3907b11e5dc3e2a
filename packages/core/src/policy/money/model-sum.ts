import type { Route } from './cost.js'
import type { CountedStratum } from './counted-tokens.js'
import type { PriceRow } from './price-row.js'
import type { TokenRange } from './prompt-tokens.js'
import type { CostEnds, RowCost } from './row-cost.js'

/** Every way in which rows can go, each with its own sum. */
export type Way = Route | 'coldBatch' | 'plainBatch' | 'warmRealtime'

const WAYS = ['batch', 'realtime', 'coldBatch', 'plainBatch', 'warmRealtime'] as const

/** Both ends of a sum. */
interface Ends {
  low: number
  high: number
}

/** Sums over the rows of one stratum of a model. */
export interface RowSum {
  rows: number
  readonly tokens: Ends
  readonly cost: Readonly<Record<Way, Ends>>
  /** The part of the cost that the prompts have; only kept where they may be counted. */
  readonly promptCost: Readonly<Record<Way, Ends>> | null
}

/** Sums over the rows of one model. */
export interface ModelSum {
  readonly price: PriceRow | null
  readonly strata: Map<string, RowSum>
  mostAnswerTokens: number
  least: number
  ceiling: number
  unpricedRows: number
  openEndedRows: number
  /** Rows of which a shared prefix is cached. */
  sharingRows: number
}

/** The stratum of rows that are in no sample. */
export const NO_STRATUM = ''

/** Sums of nothing. */
export function newModelSum(price: PriceRow | null): ModelSum {
  const counts = { mostAnswerTokens: 0, least: 0, ceiling: 0 }
  const rows = { unpricedRows: 0, openEndedRows: 0, sharingRows: 0 }
  return { price, strata: new Map(), ...counts, ...rows }
}

/** The sums of a stratum, made when it has none. */
export function stratumOf(sum: ModelSum, stratum: string): RowSum {
  const before = sum.strata.get(stratum)
  if (before !== undefined) return before
  const isCountable = stratum !== NO_STRATUM
  const made: RowSum = {
    rows: 0,
    tokens: { low: 0, high: 0 },
    cost: noCost(),
    promptCost: isCountable ? noCost() : null,
  }
  sum.strata.set(stratum, made)
  return made
}

function noCost(): Record<Way, Ends> {
  const none = (): Ends => ({ low: 0, high: 0 })
  const cached = { coldBatch: none(), plainBatch: none(), warmRealtime: none() }
  return { batch: none(), realtime: none(), ...cached }
}

/** Adds what a row costs. One that shares no cached prefix costs the same with a hit and without. */
export function addCost(into: Readonly<Record<Way, Ends>>, cost: RowCost): void {
  for (const way of WAYS) {
    const ends: CostEnds = cost[way] ?? cost[way === 'warmRealtime' ? 'realtime' : 'batch']
    into[way].low += ends.low
    into[way].high += ends.high
  }
}

/** Sums of a model over all strata, with tokens that were counted in the place of those that were judged. */
export interface ModelTotal {
  readonly rows: number
  readonly tokens: TokenRange
  readonly cost: Readonly<Record<Way, TokenRange>>
  /** Rows of strata of which the provider counted some, how many it counted, and how far off all of them can be. */
  readonly coveredRows: number
  readonly countedRows: number
  readonly errorShare: number
}

/** Adds the strata of a model up. */
export function totalOfModel(
  { strata }: ModelSum,
  counted: ReadonlyMap<string, CountedStratum>,
): ModelTotal {
  const tokens = { low: 0, high: 0 }
  const cost = noCost()
  let [rows, coveredRows, countedRows, errorShare] = [0, 0, 0, 0]
  for (const [stratum, sum] of strata) {
    const known = sum.promptCost === null ? undefined : counted.get(stratum)
    rows += sum.rows
    const ends = known === undefined ? sum.tokens : countedEnds(known)
    tokens.low += ends.low
    tokens.high += ends.high
    for (const way of WAYS) {
      for (const end of ['low', 'high'] as const)
        cost[way][end] += costOfStratum(sum, way, end, ends)
    }
    if (known === undefined) continue
    coveredRows += sum.rows
    countedRows += known.countedRows
    errorShare = Math.max(errorShare, known.errorShare)
  }
  return { rows, tokens, cost, coveredRows, countedRows, errorShare }
}

function countedEnds({ tokens, errorShare }: CountedStratum): TokenRange {
  return {
    low: Math.floor(tokens * (1 - errorShare)),
    high: Math.ceil(tokens * (1 + errorShare)),
  }
}

// What a token of the prompts costs on average stays as it was; only their number is known better.
function costOfStratum(sum: RowSum, way: Way, end: 'low' | 'high', ends: TokenRange): number {
  const cost = sum.cost[way][end]
  const before = sum.tokens[end]
  if (sum.promptCost === null || before === 0 || ends === sum.tokens) return cost
  const prompts = sum.promptCost[way][end]
  return Math.round(cost - prompts + prompts * (ends[end] / before))
}
