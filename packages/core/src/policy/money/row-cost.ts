import type { NanoUsd } from '../../model/money.js'
import type { Usage } from '../../model/usage.js'
import { cachedPrefixOf } from './cached-prefix.js'
import { costAt, type Route, type ToolBill } from './cost.js'
import { leastCachedTokens } from './least-cached-tokens.js'
import type { PriceRow } from './price-row.js'
import type { PromptBytes, PromptContent } from './prompt-content.js'
import type { TokenRange } from './prompt-tokens.js'

/** A row, as its cost is worked out. */
export interface CostedRow {
  readonly model: string
  readonly content: PromptContent | null
  readonly prefix?: PromptBytes['prefix'] | undefined
  /** Bytes of its text. */
  readonly textBytes: number
  readonly promptTokens: TokenRange
  readonly answerTokens: TokenRange
  /** Whether no row before it had the same prefix. */
  readonly isFirst: boolean
}

/** Both ends of a cost. */
export interface CostEnds {
  readonly low: NanoUsd
  readonly high: NanoUsd
}

/** What one row likely costs, each way in which it can go. */
export interface RowCost {
  /** Low: what it asks to have cached is read. High: it is written, since rows of one batch are not assumed to share a cache. */
  readonly batch: CostEnds
  /** One call after another: the first writes a shared prefix, the others read it. */
  readonly realtime: CostEnds
  /** In batch with no cache hit at either end; null when it shares no cached prefix. */
  readonly coldBatch: CostEnds | null
  /** In batch if its shared prefix did not ask to be cached; null likewise. */
  readonly plainBatch: CostEnds | null
  /** In real time with its cache hit at either end; null likewise. */
  readonly warmRealtime: CostEnds | null
}

type TokenClass = 'inputTokens' | 'cacheReadTokens' | 'cacheWrite5mTokens' | 'cacheWrite1hTokens'

/** How the tokens of a prompt are billed: those of the shared cached prefix, and the others. */
interface Billing {
  readonly shared: TokenClass
  readonly own: TokenClass
}

type End = 'low' | 'high'

/** What a row likely costs; null when a price of what it uses is not known. */
export function rowCostOf(price: PriceRow, row: CostedRow): RowCost | null {
  const prefix = sharedPart(row)
  const of = (route: Route, billing: Readonly<Record<End, Billing>>): CostEnds | null => {
    const low = costAt(price, usageOf(row, 'low', prefix?.low ?? 0, billing.low), route, NO_TOOLS)
    const high = costAt(
      price,
      usageOf(row, 'high', prefix?.high ?? 0, billing.high),
      route,
      NO_TOOLS,
    )
    return low === null || high === null ? null : { low, high }
  }
  if (prefix === null) {
    const billing = unsharedBilling(row.content?.caching ?? null)
    const batch = of('batch', billing)
    const realtime = of('realtime', billing)
    if (batch === null || realtime === null) return null
    return { batch, realtime, coldBatch: null, plainBatch: null, warmRealtime: null }
  }
  const ways = sharedBillings(row, prefix)
  const batch = of('batch', ways.batch)
  const realtime = of('realtime', ways.realtime)
  const coldBatch = of('batch', ways.cold)
  const plainBatch = of('batch', ways.plain)
  const warmRealtime = of('realtime', ways.warm)
  if (batch === null || realtime === null) return null
  if (coldBatch === null || plainBatch === null || warmRealtime === null) return null
  return { batch, realtime, coldBatch, plainBatch, warmRealtime }
}

interface SharedPart extends TokenRange {
  readonly write: TokenClass
}

function sharedPart({ prefix, textBytes, promptTokens }: CostedRow): SharedPart | null {
  const cached = prefix === null || prefix === undefined ? null : cachedPrefixOf(prefix)
  if (cached === null) return null
  const share = Math.min(1, cached.bytes / textBytes)
  return {
    low: Math.floor(promptTokens.low * share),
    high: Math.ceil(promptTokens.high * share),
    write: writeClass(cached.ttl),
  }
}

function writeClass(ttl: '5m' | '1h'): TokenClass {
  return ttl === '1h' ? 'cacheWrite1hTokens' : 'cacheWrite5mTokens'
}

// Which part of a prompt is cached is not known: at best all of it is read from there, at worst all is written.
function unsharedBilling(caching: '5m' | '1h' | null): Readonly<Record<End, Billing>> {
  const plain: Billing = { shared: 'inputTokens', own: 'inputTokens' }
  if (caching === null) return { low: plain, high: plain }
  return {
    low: { ...plain, own: 'cacheReadTokens' },
    high: { ...plain, own: writeClass(caching) },
  }
}

// What of a row's own is cached besides is read at best; nothing says that another row has the same.
function sharedBillings(row: CostedRow, part: SharedPart) {
  const { isFirst, model, content } = row
  const least = leastCachedTokens(model)
  const caching = content?.hasOwnBreakpoint === true ? content.caching : null
  const ownRead: TokenClass = caching === null ? 'inputTokens' : 'cacheReadTokens'
  const ownWrite: TokenClass = caching === null ? 'inputTokens' : writeClass(caching)
  const mayCache = part.high >= least
  const doesCache = part.low >= least
  const ends = (low: TokenClass, high: TokenClass) => ({
    low: { shared: mayCache ? low : 'inputTokens', own: ownRead } satisfies Billing,
    high: { shared: mayCache ? high : 'inputTokens', own: ownWrite } satisfies Billing,
  })
  const both = (cached: TokenClass) => ({
    low: { shared: doesCache ? cached : 'inputTokens', own: ownWrite } satisfies Billing,
    high: { shared: mayCache ? cached : 'inputTokens', own: ownWrite } satisfies Billing,
  })
  const later: TokenClass = doesCache ? 'cacheReadTokens' : 'inputTokens'
  return {
    batch: ends('cacheReadTokens', part.write),
    realtime: ends('cacheReadTokens', isFirst ? part.write : later),
    cold: both(part.write),
    plain: both('inputTokens'),
    warm: both(isFirst ? part.write : 'cacheReadTokens'),
  }
}

// How often tools are used stands in no request; such rows are told as open-ended.
const NO_TOOLS: ToolBill = { fees: new Map(), otherTools: null }

const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  webSearchRequests: 0,
  inferenceGeo: null,
}

function usageOf(row: CostedRow, end: End, shared: number, billing: Billing): Usage {
  const tokens = { ...NO_USAGE, outputTokens: row.answerTokens[end] }
  tokens[billing.shared] += shared
  tokens[billing.own] += row.promptTokens[end] - shared
  return { ...tokens, inferenceGeo: row.content?.isInUs === true ? 'us' : null }
}
