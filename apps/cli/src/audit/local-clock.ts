import { ConfigError, type EpochMs, MINUTE_MS } from '@halfrate/core'

// No zone changes its clock but at a quarter of an hour.
const QUARTER_MS = 15 * MINUTE_MS
const MOST_REMEMBERED = 10_000

/**
 * How far the clock of a time zone is ahead of UTC, in milliseconds, by the instant.
 *
 * @throws {ConfigError} when there is no such zone.
 */
export function offsetsOf(timeZone: string): (at: EpochMs) => number {
  const format = formatFor(timeZone)
  const known = new Map<number, number>()
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS)
    const before = known.get(quarter)
    if (before !== undefined) return before
    if (known.size >= MOST_REMEMBERED) known.clear()
    const offset = offsetAt(format, quarter * QUARTER_MS)
    known.set(quarter, offset)
    return offset
  }
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', hourCycle: 'h23', timeZone },
    })
  } catch (cause) {
    throw new ConfigError(
      `--time-zone: expected a name such as Europe/Berlin or UTC, got ${JSON.stringify(timeZone)}.`,
      'Correct the flag.',
      { cause },
    )
  }
}

function offsetAt(format: Intl.DateTimeFormat, at: EpochMs): number {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = [
    ...[parts.get('year'), parts.get('month'), parts.get('day')],
    ...[parts.get('hour'), parts.get('minute')],
  ]
  return Date.UTC(year, month - 1, day, hour, minute) - at
}
