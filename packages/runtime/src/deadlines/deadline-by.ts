import { ConfigError, type EpochMs } from '@halfrate/core'
import { parseInstant } from '@halfrate/core/intake'
import { checkText } from '../check-arguments.js'
import { cronCalendar } from '../cron-calendar.js'

/** By when answers are wanted, as a person says it. */
export interface WantedBy {
  /** A time of the day such as `06:00`, or an RFC 3339 instant with its zone. */
  readonly by: string
  /** The place whose time that is, a name of the IANA database such as `Australia/Sydney`. Beside a time of the day only. */
  readonly timeZone?: string | undefined
}

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/

/**
 * The instant by which answers are wanted: of a time of the day the next one after `now`.
 *
 * A local time that occurs twice, when clocks go back, is the first of the two; one that is left out, when they go forward, is the
 * end of the gap. So it comes once on each local day.
 *
 * @param names what errors call the two, as `--by`.
 * @throws {ConfigError} when it can't be read, there is no such time zone, or the instant is over.
 */
export function deadlineBy(
  { by, timeZone }: WantedBy,
  now: EpochMs,
  names: Readonly<Record<keyof WantedBy, string>> = { by: 'by', timeZone: 'timeZone' },
): EpochMs {
  const instant = parseInstant(by)
  if (instant !== null) return instantBy(instant, { by, timeZone }, now, names)
  const [, hour, minute] = TIME.exec(by) ?? []
  if (hour === undefined || minute === undefined) {
    throw wrong(
      `${names.by}: expected a time of the day such as 06:00, or an instant such as 2026-11-21T06:00:00+11:00, got ${JSON.stringify(by)}.`,
    )
  }
  if (timeZone === undefined) {
    throw wrong(
      `${names.by} goes with ${names.timeZone}: a time is that of a place.`,
      `Add ${names.timeZone}, such as Europe/Berlin. Nothing was stored.`,
    )
  }
  checkZone(timeZone, names.timeZone)
  const schedule = `${Number(minute)} ${Number(hour)} * * *`
  return cronCalendar.nextSlotAt({ schedule, timeZone, after: now })
}

/**
 * The same as an option of a call; null where nobody said.
 *
 * @throws {ConfigError} when it can't be read.
 */
export function wantedBy(
  call: string,
  { by, timeZone }: Readonly<Partial<Record<keyof WantedBy, string | undefined>>>,
  now: EpochMs,
): EpochMs | null {
  if (by !== undefined) {
    checkText(call, 'by, a time such as 06:00', by)
    return deadlineBy({ by, timeZone }, now)
  }
  if (timeZone === undefined) return null
  throw wrong(
    'timeZone goes with by: it is that of a time.',
    'Add by, or leave it out. Nothing was stored.',
  )
}

function instantBy(
  instant: EpochMs,
  { by, timeZone }: WantedBy,
  now: EpochMs,
  names: Readonly<Record<keyof WantedBy, string>>,
): EpochMs {
  if (timeZone !== undefined) {
    throw wrong(
      `${names.timeZone} goes with a time of the day, and ${names.by} is an instant that has a zone of its own.`,
    )
  }
  if (instant > now) return instant
  throw wrong(`${names.by}: expected an instant to come, got ${by}, which is over.`)
}

function checkZone(timeZone: string, name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch (cause) {
    throw wrong(
      `${name}: expected a time zone such as Europe/Berlin, got ${JSON.stringify(timeZone)}.`,
      undefined,
      cause,
    )
  }
}

function wrong(
  problem: string,
  nextStep: string = 'Correct it. Nothing was stored.',
  cause?: unknown,
): ConfigError {
  return new ConfigError(problem, nextStep, { cause })
}
