import { ConfigError, type EpochMs, MINUTE_MS } from '@halfrate/core'

// No zone changes its clock but at a quarter of an hour.
const QUARTER_MS = 15 * MINUTE_MS
const MOST_REMEMBERED = 10_000

/**
 * Tells the day of an instant by the clocks of a time zone, as `2026-11-22`.
 *
 * @throws {ConfigError} when there is no such zone.
 */
export function dayOf(timeZone: string): (at: EpochMs) => string {
  const format = formatFor(timeZone)
  const known = new Map<number, string>()
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS)
    const before = known.get(quarter)
    if (before !== undefined) return before
    if (known.size >= MOST_REMEMBERED) known.clear()
    const day = format.format(quarter * QUARTER_MS)
    known.set(quarter, day)
    return day
  }
}

/** The instant at which a day begins in a time zone; `dayOfAt` is its {@link dayOf}. */
export function beginningOfDay(day: string, dayOfAt: (at: EpochMs) => string): EpochMs {
  // Clocks are at most 14 hours ahead of UTC and 12 behind it.
  const noon = Date.parse(`${day}T12:00:00Z`)
  let at = Math.floor((noon - 30 * 60 * MINUTE_MS) / QUARTER_MS) * QUARTER_MS
  while (dayOfAt(at) < day) at += QUARTER_MS
  return at
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    // Sweden writes days as ISO 8601 does.
    return new Intl.DateTimeFormat('sv-SE', {
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', timeZone },
    })
  } catch (cause) {
    throw new ConfigError(
      `time zone: expected a name such as Europe/Berlin or UTC, got ${JSON.stringify(timeZone)}.`,
      'Correct the name.',
      { cause },
    )
  }
}
