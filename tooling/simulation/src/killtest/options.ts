import { parseArgs } from 'node:util'
import { ConfigError } from '@halfrate/core'

/** What the kill test is asked for. */
export interface KillOptions {
  /** Kills in all, over both legs. */
  readonly kills: number
  readonly seed: number
  /** Requests in one run. */
  readonly rows: number
  /** Virtual time per real time. */
  readonly factor: number
}

/**
 * Reads the command line.
 *
 * @throws {ConfigError} names the flag and what was expected.
 */
export function readOptions(argv: readonly string[]): KillOptions {
  const { values } = parseArgs({
    args: argv.filter((argument) => argument !== '--'),
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      rows: { type: 'string', default: '120' },
      factor: { type: 'string', default: '1200' },
      store: { type: 'string', default: 'sqlite' },
    },
  })
  if (values.store !== 'sqlite') {
    throw new ConfigError(`--store: expected sqlite, got ${values.store}.`, 'Leave the flag out.')
  }
  return {
    kills: whole('--kills', values.kills),
    seed: whole('--seed', values.seed),
    rows: whole('--rows', values.rows),
    factor: whole('--factor', values.factor),
  }
}

function whole(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new ConfigError(
    `${flag}: expected a whole number of at least 1, got ${text}.`,
    'Correct it.',
  )
}
