import { DAY_MS, MINUTE_MS } from '@halfrate/core'

/** A schedule as the simulator draws it: every so many minutes of the hour, or one time of each local day. */
export type LocalTimes =
  | { readonly type: 'every'; readonly minutes: number }
  | { readonly type: 'daily'; readonly hour: number; readonly minute: number }

// Clocks change at quarters of an hour of UTC only.
const QUARTER_MS = 15 * MINUTE_MS
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The slots of a place from an instant on, and before another one, ascending: found by going through the minutes, so that they owe nothing to
 * the calendar that the product has. A time of the day is the first instant of the local day at or after it: of two the first, and of none the
 * end of the gap.
 */
export function localSlots(
  times: LocalTimes,
  timeZone: string,
  { from, until }: { readonly from: number; readonly until: number },
): readonly number[] {
  const slots: number[] = []
  let lastDay = ''
  for (let at = Math.ceil(from / QUARTER_MS) * QUARTER_MS; at < until; at += QUARTER_MS) {
    const offsetMs = offsetOf(timeZone, at)
    for (let minute = at; minute < at + QUARTER_MS; minute += MINUTE_MS) {
      const local = new Date(minute + offsetMs)
      if (times.type === 'every') {
        if (local.getUTCMinutes() % times.minutes === 0) slots.push(minute)
        continue
      }
      const day = local.toISOString().slice(0, 10)
      const minutes = local.getUTCHours() * 60 + local.getUTCMinutes()
      if (day === lastDay || minutes < times.hour * 60 + times.minute) continue
      lastDay = day
      slots.push(minute)
    }
  }
  // What the first day began with is no slot where the walk began after it.
  return times.type === 'daily' ? slots.filter((slot) => slot >= from + DAY_MS) : slots
}

function offsetOf(timeZone: string, at: number): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric' },
    })
  formats.set(timeZone, format)
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute) - at
}
