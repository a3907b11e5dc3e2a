import type { LedgerRow } from '../ledger.js'
import type { WireUsage } from '../wire.js'
import type { WireContextWindow, WireReport } from './admin-wire.js'
import { pageToken, type ReportQuery, secondsText } from './report-query.js'

/** A success as reports see it. */
export interface BilledCall {
  readonly at: number
  readonly pricedAt: number
  readonly model: string
  readonly usage: WireUsage
  /** Null for the default workspace, as the provider has it. */
  readonly workspaceId: string | null
  readonly contextWindow: WireContextWindow
}

/** Sums of one kind of report. */
export interface ReportKind<Sum, Item> {
  readonly filterBy: Readonly<Record<string, (call: BilledCall) => string>>
  /** What a call adds, each under the key of its group; calls with the same key are added up. */
  addTo(sums: Map<string, Sum>, call: BilledCall, groupBy: ReadonlySet<string>): void
  itemOf(sum: Sum): Item
}

const LONG_PROMPT = 200_000

/** A row of the ledger as reports see it; null for what was not billed. */
export function billedCall(row: LedgerRow, defaultWorkspaceId: string | null): BilledCall | null {
  const { model, usage } = row
  if (row.outcome !== 'succeeded' || model === null || usage === null) return null
  const prompt =
    usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
  return {
    at: row.billedAt,
    pricedAt: row.pricedAt,
    model,
    usage,
    workspaceId: row.workspaceId === defaultWorkspaceId ? null : row.workspaceId,
    contextWindow: prompt > LONG_PROMPT ? '200k-1M' : '0-200k',
  }
}

/** One page of a report of what was billed. Goes through all of it at each call. */
export function reportOf<Sum, Item>(
  calls: Iterable<BilledCall>,
  query: ReportQuery,
  kind: ReportKind<Sum, Item>,
): WireReport<Item> {
  const { fromAt, untilAt, widthMs, limit, groupBy } = query
  const left = Math.max(0, Math.floor((untilAt - fromAt) / widthMs))
  const buckets = Array.from({ length: Math.min(limit, left) }, () => new Map<string, Sum>())
  for (const call of calls) {
    const sums = buckets[Math.floor((call.at - fromAt) / widthMs)]
    if (sums === undefined || !isChosen(call, query, kind.filterBy)) continue
    kind.addTo(sums, call, groupBy)
  }
  const endAt = fromAt + buckets.length * widthMs
  const hasMore = left > limit
  return {
    data: buckets.map((sums, index) => ({
      starting_at: secondsText(fromAt + index * widthMs),
      ending_at: secondsText(fromAt + (index + 1) * widthMs),
      results: [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => kind.itemOf(sum)),
    })),
    has_more: hasMore,
    next_page: hasMore ? pageToken(endAt) : null,
  }
}

function isChosen(
  call: BilledCall,
  { filters }: ReportQuery,
  filterBy: ReportKind<unknown, unknown>['filterBy'],
): boolean {
  return [...filters].every(([name, values]) => values.has(filterBy[name]?.(call) ?? ''))
}
