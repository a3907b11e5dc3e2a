import { ConfigError, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@halfrate/core'

const UNIT_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
}
const LONGEST_MS = 28 * DAY_MS

/**
 * Reads a span of time as `90s`, `30m`, `6h` or `3d`, at most 28 days; 0 is no time.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function durationFlag(flag: string): (text: string) => number {
  return (text) => {
    if (text === '0') return 0
    const match = /^(\d{1,7})([smhd])$/.exec(text)
    const ms = match === null ? Number.NaN : Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0)
    if (ms <= LONGEST_MS) return ms
    throw new ConfigError(
      `${flag}: expected a time such as 90s, 30m, 6h or 3d, at most 28d, got ${JSON.stringify(text)}.`,
      'Correct the flag. Nothing was changed.',
    )
  }
}
