import { parseArgs } from 'node:util'
import { ConfigError } from '@halfrate/core'
import type { StoreKind } from '../store/open-store.js'

/** What the command was asked to do. */
export interface CommandOptions {
  readonly mode: 'seeds' | 'sweep' | 'plants' | 'regressions' | 'tally'
  readonly storeKind: StoreKind
  /** The first seed. */
  readonly from: number
  readonly count: number
  /** The name of a bug to put in; null for none. */
  readonly plant: string | null
  /** Faults that are left out: kinds, or single strikes as `crash#3`. */
  readonly without: readonly string[]
  /** Processes at the same time. */
  readonly jobs: number
  /** How many pairs of faults a sweep tries; null for the sweep of single ones. */
  readonly doubles: number | null
  /** Whether seeds that fail are added to the regressions. */
  readonly keep: boolean
  /** The file that seeds are summed up in; null for none. */
  readonly tally: string | null
  /** Whether every port call of the first seed is printed. */
  readonly trace: boolean
}

const USAGE = [
  'simulate [--seeds N] [--seed S] [--store memory|sqlite|postgres] [--jobs N] [--keep]',
  'simulate --seeds N --tally FILE [--seed S] [--store memory|sqlite|postgres] [--jobs N] [--keep]',
  'simulate --tally FILE',
  'simulate --seed S [--plant NAME] [--without KIND,KIND#3] [--trace]',
  'simulate --regressions',
  'simulate --sweep [--store memory|sqlite|postgres] [--jobs N]',
  'simulate --doubles N [--seed S] [--store memory|sqlite|postgres] [--jobs N]',
  'simulate --plants [--jobs N]',
].join('\n')

const OPTIONS = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  store: { type: 'string' },
  plant: { type: 'string' },
  plants: { type: 'boolean' },
  sweep: { type: 'boolean' },
  doubles: { type: 'string' },
  regressions: { type: 'boolean' },
  without: { type: 'string' },
  jobs: { type: 'string' },
  keep: { type: 'boolean' },
  trace: { type: 'boolean' },
  tally: { type: 'string' },
} as const

/**
 * Reads the command line. `--seed S` alone runs that one; with `--seeds N` it is the first of so many. Default: 100.
 *
 * @throws {ConfigError} when a flag is unknown or its value can't be used.
 */
export function parseOptions(args: readonly string[]): CommandOptions {
  const values = valuesOf(args)
  const { seeds, seed, store, plant, trace, without } = values
  const from = wholeOf('--seed', seed) ?? 1
  return {
    mode: modeOf(values),
    storeKind: storeOf(store),
    from,
    count: wholeOf('--seeds', seeds) ?? (seed === undefined ? 100 : 1),
    plant: plant ?? null,
    without: without === undefined ? [] : without.split(','),
    jobs: wholeOf('--jobs', values.jobs) ?? 1,
    doubles: wholeOf('--doubles', values.doubles),
    keep: values.keep === true,
    trace: trace === true,
    tally: values.tally ?? null,
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

function modeOf(values: Values): CommandOptions['mode'] {
  const { sweep, doubles, plants, regressions, tally } = values
  if (tally !== undefined) return tallyModeOf(values)
  if (sweep === true || doubles !== undefined) return 'sweep'
  if (plants === true) return 'plants'
  return regressions === true ? 'regressions' : 'seeds'
}

// Alone it asks for the sums; to add to them, it needs to be told how many.
function tallyModeOf({
  seeds,
  sweep,
  doubles,
  plants,
  regressions,
  trace,
  ...rest
}: Values): 'seeds' | 'tally' {
  const others = [sweep, doubles, plants, regressions, trace]
  if (others.every((each) => each === undefined)) {
    if (seeds !== undefined) return 'seeds'
    if (Object.keys(rest).length === 1) return 'tally'
  }
  throw new ConfigError('--tally: expected --seeds N beside it, or nothing.', USAGE)
}

function valuesOf(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), USAGE, { cause })
  }
}

function storeOf(text: string | undefined): StoreKind {
  if (text === undefined) return 'memory'
  if (text === 'memory' || text === 'sqlite' || text === 'postgres') return text
  const got = JSON.stringify(text)
  throw new ConfigError(`--store: expected memory, sqlite or postgres, got ${got}.`, USAGE)
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
