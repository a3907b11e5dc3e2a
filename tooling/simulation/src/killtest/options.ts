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
  /** Batches that the workers share among them, without any disaster; null for the kill loop. */
  readonly submissions: number | null
}

const USAGE = [
  'killtest [--kills N] [--seed S] [--store sqlite|postgres] [--workers N]',
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
    kills: wholeOf('--kills', values.kills) ?? 20,
    seed: wholeOf('--seed', values.seed) ?? 1,
  }
}

type Name = 'kills' | 'seed' | 'store' | 'workers' | 'submissions'

function valuesOf(args: readonly string[]): Partial<Record<Name, string | undefined>> {
  const text = { type: 'string' } as const
  try {
    const options = { kills: text, seed: text, store: text, workers: text, submissions: text }
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
