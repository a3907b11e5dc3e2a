import {
  AdminApi,
  type Caller,
  type LedgerRow,
  type ProviderModel,
  type WireCostItem,
  type WireReport,
  type WireUsageItem,
} from '@halfrate/emulator/model'
import { expect } from 'vitest'
import { bodyOf, CALLER } from './arrange.js'

/** A caller with an admin key. */
export const ADMIN: Caller = { ...CALLER, apiKey: 'sk-ant-admin01-emulated' }
/** Before everything that a test does. */
export const FROM = '2026-11-01T00:00:00Z'
const CENTS_DIGITS = 7

/** A query; lists are written with brackets. */
export type Query = Readonly<Record<string, string | readonly string[]>>

/** A query as it comes. */
export function queryOf(query: Query): URLSearchParams {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === 'string') pairs.append(name, value)
    else for (const each of value) pairs.append(`${name}[]`, each)
  }
  return pairs
}

/** A page of the usage report, of 31 days from {@link FROM} on unless the query says otherwise. */
export function usageOf(
  model: ProviderModel,
  now: number,
  query: Query,
): WireReport<WireUsageItem> {
  const asked = queryOf({ starting_at: FROM, limit: '31', ...query })
  return bodyOf(new AdminApi(model).usageReport({ now, caller: ADMIN, query: asked }))
}

/** The same of the cost report. */
export function costsOf(
  model: ProviderModel,
  now: number,
  query: Query = {},
): WireReport<WireCostItem> {
  const asked = queryOf({ starting_at: FROM, limit: '31', ...query })
  return bodyOf(new AdminApi(model).costReport({ now, caller: ADMIN, query: asked }))
}

/** All items of a page. */
export function itemsOf<Item>(report: WireReport<Item>): readonly Item[] {
  return report.data.flatMap(({ results }) => results)
}

// Cents as decimal text, in whole nano-dollars.
function nanoOf({ amount }: WireCostItem): bigint {
  const [whole = '', fraction = ''] = amount.split('.')
  expect(fraction.length).toBeLessThanOrEqual(CENTS_DIGITS)
  return BigInt(whole + fraction.padEnd(CENTS_DIGITS, '0'))
}

/** All that a page says was paid, in nano-dollars. */
export function sumOf(report: WireReport<WireCostItem>): bigint {
  return itemsOf(report).reduce((sum, item) => sum + nanoOf(item), 0n)
}

/** What the ledger has of successes. */
export function succeeded(model: ProviderModel, now: number): readonly LedgerRow[] {
  return [...model.ledger.rows(now)].filter(({ outcome }) => outcome === 'succeeded')
}
