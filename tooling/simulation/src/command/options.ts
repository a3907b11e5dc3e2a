import { parseArgs } from 'node:util'
import { ConfigError } from '@halfrate/core'
import type { StoreKind } from '../store/open-store.js'

/** What the command was asked to do. */
export interface CommandOptions {
  readonly mode: 'seeds' | 'sweep' | 'plants'
  readonly storeKind: StoreKind
  /** The first seed. */
  readonly from: number
  readonly count: number
  /** The name of a bug to put in; null for none. */
  readonly plant: string | null
  /** Whether every port call is printed. */
  readonly trace: boolean
}

const USAGE = [
  'simulate [--seeds N] [--seed S] [--store memory|sqlite] [--plant NAME] [--trace]',
  'simulate --sweep [--store memory|sqlite]',
  'simulate --plants',
].join('\n')

const OPTIONS = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  store: { type: 'string' },
  plant: { type: 'string' },
  plants: { type: 'boolean' },
  sweep: { type: 'boolean' },
  trace: { type: 'boolean' },
} as const

/**
 * Reads the command line. `--seed S` alone runs that one; with `--seeds N` it is the first of so many. Default: 100.
 *
 * @throws {ConfigError} when a flag is unknown or its value can't be used.
 */
export function parseOptions(args: readonly string[]): CommandOptions {
  const { seeds, seed, store, plant, plants, sweep, trace } = valuesOf(args)
  const from = wholeOf('--seed', seed) ?? 1
  return {
    mode: sweep === true ? 'sweep' : plants === true ? 'plants' : 'seeds',
    storeKind: storeOf(store),
    from,
    count: wholeOf('--seeds', seeds) ?? (seed === undefined ? 100 : 1),
    plant: plant ?? null,
    trace: trace === true,
  }
}

function valuesOf(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), USAGE, { cause })
  }
}

function storeOf(text: string | undefined): StoreKind {
  if (text === undefined || text === 'memory') return 'memory'
  if (text === 'sqlite') return 'sqlite'
  throw new ConfigError(`--store: expected memory or sqlite, got ${JSON.stringify(text)}.`, USAGE)
}

function wholeOf(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new ConfigError(
    `${flag}: expected a whole number from 1, got ${JSON.stringify(text)}.`,
    USAGE,
  )
}
