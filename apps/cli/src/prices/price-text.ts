import type { EpochMs, NanoUsd } from '@halfrate/core'
import { type PriceRow, type ToolRates, usdText } from '@halfrate/core/money'

const NANO_PER_MILLION_TOKENS = 1_000
const PICO_PER_NANO = 1_000

/** A rate as price lists print it, in dollars per million tokens: `2.50`; null when it is unknown. */
export function rateText(pico: number | null, route: 'batch' | 'realtime'): string | null {
  if (pico === null) return null
  const nano = pico * NANO_PER_MILLION_TOKENS
  return usdText((route === 'batch' ? nano / 2 : nano) as NanoUsd)
}

/** A fee in dollars for one use: `0.01`; null when it is unknown. */
export function feeText(rates: ToolRates, route: 'batch' | 'realtime'): string | null {
  const pico = rates[route]
  return pico === null ? null : usdText(Math.round(pico / PICO_PER_NANO) as NanoUsd)
}

/** Where a model is in its life on a day: its end is not known, announced, or past. */
export function lifeOf(row: PriceRow, at: EpochMs): 'active' | 'retiring' | 'retired' {
  if (row.retiresOn === null) return 'active'
  return row.retiresOn <= dayOf(at) ? 'retired' : 'retiring'
}

/** The day of an instant, in UTC, by which prices change: `2026-11-22`. */
export function dayOf(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 10)
}
