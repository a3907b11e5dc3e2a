import type { PriceTable } from './cost.js'
import { InvalidOptionError } from './emulator-error.js'

/** How a {@link ProviderModel} behaves. Every member has a default. */
export interface ModelOptions {
  /** Everything that is drawn comes from it: ids, turnarounds, orders, faults. Whole number from 0. Default 1. */
  readonly seed?: number
  /** Shortest and longest time from creation to end. Milliseconds. Default 3 to 40 minutes. Zero ends batches at once. */
  readonly turnaroundMs?: readonly [shortest: number, longest: number]
  /** Workspace id of each API key; other keys are refused. Default: every key is good and all share one workspace. */
  readonly workspaces?: Readonly<Record<string, string>>
  /** Most requests in a batch. Default 100,000. */
  readonly maxRequests?: number
  /** Most bytes of a create body, decoded. Default 256,000,000: the strict reading of "256 MB". */
  readonly maxBytes?: number
  /** Most requests in batches that have not ended, of one workspace; more are a 429. Default: no limit. */
  readonly maxQueuedRequests?: number
  /** Whether counts move before a batch ends, as one capture claims. Default false, as documented. */
  readonly liveCounts?: boolean
  /** Share of possible prompt cache reads that happen, 0 to 1. Default 0.9. */
  readonly cacheHitRate?: number
  /** Prices for the ledger, USD per million tokens. Default null: the ledger then has no costs. */
  readonly prices?: PriceTable | null
}

/** {@link ModelOptions} after checks, with the defaults filled in. */
export interface ModelSettings {
  readonly seed: number
  readonly turnaroundMs: readonly [number, number]
  readonly workspaces: ReadonlyMap<string, string> | null
  readonly maxRequests: number
  readonly maxBytes: number
  readonly maxQueuedRequests: number
  readonly liveCounts: boolean
  readonly cacheHitRate: number
  readonly prices: PriceTable | null
}

/**
 * Checks options and fills in defaults.
 *
 * @throws {InvalidOptionError} names the option, what was expected and what came.
 */
export function settingsOf(options: ModelOptions): ModelSettings {
  const seed = options.seed ?? 1
  assertWhole('seed', seed, 0)
  const turnaroundMs = options.turnaroundMs ?? [180_000, 2_400_000]
  const [shortest, longest] = turnaroundMs
  assertWhole('turnaroundMs', shortest, 0)
  assertWhole('turnaroundMs', longest, shortest)
  const maxRequests = options.maxRequests ?? 100_000
  assertWhole('maxRequests', maxRequests, 1)
  const maxBytes = options.maxBytes ?? 256_000_000
  assertWhole('maxBytes', maxBytes, 1)
  const cacheHitRate = options.cacheHitRate ?? 0.9
  if (!(cacheHitRate >= 0 && cacheHitRate <= 1)) {
    throw new InvalidOptionError('cacheHitRate', 'a number from 0 to 1', cacheHitRate)
  }
  return Object.freeze({
    seed,
    turnaroundMs,
    workspaces:
      options.workspaces === undefined ? null : new Map(Object.entries(options.workspaces)),
    maxRequests,
    maxBytes,
    maxQueuedRequests: options.maxQueuedRequests ?? Number.POSITIVE_INFINITY,
    liveCounts: options.liveCounts ?? false,
    cacheHitRate,
    prices: options.prices ?? null,
  })
}

function assertWhole(name: string, value: unknown, least: number): void {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw new InvalidOptionError(name, `a whole number from ${least}`, value)
  }
}
