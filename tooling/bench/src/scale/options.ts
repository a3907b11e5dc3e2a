import { parseArgs } from 'node:util'
import { ConfigError } from '@halfrate/core'
import { STORE_KINDS, type StoreKind } from './scale-store.js'

/** What a run at scale was asked for. */
export interface ScaleOptions {
  /** Requests of the larger run; a multiple of ten. */
  readonly rows: number
  readonly kind: StoreKind
}

const DEFAULT_ROWS = 1_000_000
const LEAST_ROWS = 1_000
const USAGE = 'bench:scale -- [REQUESTS] [--store sqlite|postgres]'

/**
 * Reads the command line. Default: a million requests on SQLite.
 *
 * @throws {ConfigError} when a flag is unknown or its value can't be used.
 */
export function parseScaleOptions(args: readonly string[]): ScaleOptions {
  const { values, positionals } = wordsOf(args)
  const [text, ...more] = positionals
  const rows = text === undefined ? DEFAULT_ROWS : Number(text)
  if (more.length > 0 || !Number.isSafeInteger(rows) || rows < LEAST_ROWS || rows % 10 !== 0) {
    const got = JSON.stringify(positionals.join(' '))
    throw new ConfigError(
      `How many requests: expected a whole number of 1,000 or more that ends in 0, got ${got}.`,
      USAGE,
    )
  }
  const kind = STORE_KINDS.find((each) => each === (values.store ?? 'sqlite'))
  if (kind === undefined) {
    const got = JSON.stringify(values.store)
    throw new ConfigError(`--store: expected sqlite or postgres, got ${got}.`, USAGE)
  }
  return { rows, kind }
}

function wordsOf(args: readonly string[]): {
  readonly values: { readonly store?: string | undefined }
  readonly positionals: readonly string[]
} {
  try {
    return parseArgs({
      // What passes arguments on may leave the mark before them.
      args: args.filter((each) => each !== '--'),
      options: { store: { type: 'string' } },
      allowPositionals: true,
    })
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), USAGE, { cause })
  }
}
