import { parseArgs } from 'node:util'
import { ConfigError } from '@halfrate/core'

/** What the kill test was asked to do. */
export interface KillTestOptions {
  readonly kills: number
  /** What the instants of the kills are drawn from. */
  readonly seed: number
  /** On PostgreSQL two workers stand beside the run, and are killed too. */
  readonly storeKind: 'sqlite' | 'postgres'
}

const USAGE = 'killtest [--kills N] [--seed S] [--store sqlite|postgres]'

/**
 * Reads the command line. Default: 20 kills.
 *
 * @throws {ConfigError} when a flag is unknown or its value can't be used.
 */
export function parseKillTestOptions(args: readonly string[]): KillTestOptions {
  const values = valuesOf(args)
  const { store: storeKind = 'sqlite' } = values
  if (storeKind !== 'sqlite' && storeKind !== 'postgres') {
    throw new ConfigError(
      `--store: expected sqlite or postgres, got ${JSON.stringify(storeKind)}.`,
      USAGE,
    )
  }
  return {
    storeKind,
    kills: wholeOf('--kills', values.kills, 20),
    seed: wholeOf('--seed', values.seed, 1),
  }
}

function valuesOf(
  args: readonly string[],
): Partial<Record<'kills' | 'seed' | 'store', string | undefined>> {
  const text = { type: 'string' } as const
  try {
    const options = { kills: text, seed: text, store: text }
    return parseArgs({ args: [...args], options }).values
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), USAGE, { cause })
  }
}

function wholeOf(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new ConfigError(
    `${flag}: expected a whole number from 1, got ${JSON.stringify(text)}.`,
    USAGE,
  )
}
