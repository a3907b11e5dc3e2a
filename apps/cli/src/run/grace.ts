import { ConfigError } from '@halfrate/core'

/** How long what is under way may go on after a signal, unless something else is said: as long as a send may take. */
export const DEFAULT_GRACE_MS = 60_000

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 }
const LONGEST_MS = 3_600_000

/**
 * Reads `--grace`: real time as `500ms`, `30s` or `2m`, at most an hour. Default: a minute.
 *
 * @param name what the error calls it.
 * @throws {ConfigError} when it is something else.
 */
export function graceFlag(text: string | undefined, name = '--grace'): number {
  if (text === undefined) return DEFAULT_GRACE_MS
  const match = /^(\d{1,7})(ms|s|m)$/.exec(text)
  const ms = match === null ? Number.NaN : Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0)
  if (ms <= LONGEST_MS) return ms
  throw new ConfigError(
    `${name}: expected a time of at most an hour such as 30s, 2m or 500ms, got ${JSON.stringify(text)}.`,
    'Correct the flag. Nothing was sent.',
  )
}

/** A grace as it is said: `60 s`, `0.5 s`. */
export function graceText(ms: number): string {
  return `${ms / 1_000} s`
}
