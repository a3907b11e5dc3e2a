import { readFileSync } from 'node:fs'
import type { Usage } from '../../../src/model/usage.js'

/** Noon of a day, UTC. */
export function noon(day: string): number {
  return Date.parse(`${day}T12:00:00Z`)
}

/** When the built-in prices were read. */
export const READ_AT: number = noon('2026-11-21')

/** Usage of nothing but what a test names. */
export function usage(changes: Partial<Usage> = {}): Usage {
  return {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    webSearchRequests: 0,
    inferenceGeo: null,
    ...changes,
  }
}

/** The price list as it was collected: dollars per million tokens, with its sources. */
export const PRICE_FILE: string = readFileSync(
  new URL('fixtures/prices.json', import.meta.url),
  'utf8',
)
