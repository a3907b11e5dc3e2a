import { type Calendar, ConfigError } from '@halfrate/core'
import { Cron } from 'croner'

// More than a program has schedules; only a cache.
const MOST_KEPT = 1_000
const NEXT_STEP = 'Correct the flush rule of the queue. What waits there goes on waiting.'
const kept = new Map<string, Cron>()

/** A calendar that reads cron's five fields, with the time zones that Node knows. */
export const cronCalendar: Calendar = {
  nextSlotAt({ schedule, timeZone, after }) {
    const next = cronOf(schedule, timeZone).nextRun(new Date(after))
    if (next !== null) return next.getTime()
    throw new ConfigError(
      `flush.schedule: expected one that occurs, got ${JSON.stringify(schedule)}, which never does.`,
      NEXT_STEP,
    )
  },
}

function cronOf(schedule: string, timeZone: string): Cron {
  const name = JSON.stringify([schedule, timeZone])
  const known = kept.get(name)
  if (known !== undefined) return known
  checkTimeZone(timeZone)
  const cron = readCron(schedule, timeZone)
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(name, cron)
  return cron
}

function readCron(schedule: string, timezone: string): Cron {
  try {
    return new Cron(schedule, { timezone, mode: '5-part', paused: true })
  } catch (cause) {
    const reason = cause instanceof Error ? ` (${cause.message})` : ''
    throw new ConfigError(
      `flush.schedule: expected five fields of cron (minute, hour, day of month, month, day of week), got ${JSON.stringify(schedule)}${reason}.`,
      NEXT_STEP,
      { cause },
    )
  }
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch (cause) {
    throw new ConfigError(
      `flush.timeZone: expected a time zone such as "Europe/Berlin", got ${JSON.stringify(timeZone)}.`,
      NEXT_STEP,
      { cause },
    )
  }
}
