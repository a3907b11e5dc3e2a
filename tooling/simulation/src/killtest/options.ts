import { parseArgs } from 'node:util'
import { ConfigError } from '@halfrate/core'

/** What the kill test was asked to do. */
export interface KillTestOptions {
  /** `kill -9` to come through. */
  readonly kills: number
  /** What all disasters and their instants are drawn from; another one goes on where this one ended. */
  readonly seed: number
  readonly storeKind: 'sqlite' | 'postgres'
  /** Processes on the store. */
  readonly workers: number
  /** The file that runs are summed up in; null for none. */
  readonly tally: string | null
  /** Whether the sums of that file are only printed. */
  readonly isOnlyTold: boolean
  /** Batches that the workers share among them, without any disaster; null for the kill loop. */
  readonly submissions: number | null
}

const USAGE = [
  'killtest [--kills N] [--seed S] [--store sqlite|postgres] [--workers N]',
  'killtest --kills N --tally FILE [--seed S] [--store sqlite|postgres] [--workers N]',
  'killtest --tally FILE',
  'killtest --submissions N [--workers N]',
].join('\n')

const DEFAULT_WORKERS = { sqlite: 1, postgres: 3 } as const

/**
 * Reads the command line. Default: 20 kills on SQLite.
 *
 * @throws {ConfigError} when a flag is unknown or its value can't be used.
 */
export function parseKillTestOptions(args: readonly string[]): KillTestOptions {
  const values = valuesOf(args)
  const submissions = wholeOf('--submissions', values.submissions) ?? null
  const { store: storeKind = submissions === null ? 'sqlite' : 'postgres' } = values
  if (storeKind !== 'sqlite' && storeKind !== 'postgres') {
    const got = JSON.stringify(storeKind)
    throw new ConfigError(`--store: expected sqlite or postgres, got ${got}.`, USAGE)
  }
  const workers = wholeOf('--workers', values.workers) ?? DEFAULT_WORKERS[storeKind]
  if (storeKind === 'sqlite' && (workers > 1 || submissions !== null)) {
    throw new ConfigError('--workers, --submissions: a file takes one worker.', USAGE)
  }
  return {
    storeKind,
    workers,
    submissions,
    ...tallyOf(values),
    kills: wholeOf('--kills', values.kills) ?? 20,
    seed: wholeOf('--seed', values.seed) ?? 1,
  }
}

// Alone it asks for the sums; to add to them, it needs to be told how many.
function tallyOf(
  values: ReturnType<typeof valuesOf>,
): Pick<KillTestOptions, 'tally' | 'isOnlyTold'> {
  const { tally, kills, submissions } = values
  if (tally === undefined) return { tally: null, isOnlyTold: false }
  const isOnlyTold = Object.keys(values).length === 1
  if (submissions !== undefined || (kills === undefined && !isOnlyTold)) {
    throw new ConfigError('--tally: expected --kills N beside it, or nothing.', USAGE)
  }
  return { tally, isOnlyTold }
}

type Name = 'kills' | 'seed' | 'store' | 'workers' | 'submissions' | 'tally'

function valuesOf(args: readonly string[]): Partial<Record<Name, string | undefined>> {
  const text = { type: 'string' } as const
  try {
    const options = {
      kills: text,
      seed: text,
      store: text,
      workers: text,
      submissions: text,
      tally: text,
    }
    return parseArgs({ args: [...args], options }).values
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), USAGE, { cause })
  }
}

function wholeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new ConfigError(
    `${flag}: expected a whole number from 1, got ${JSON.stringify(text)}.`,
    USAGE,
  )
}
