import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '@halfrate/core'

/** A span of time in at most two units: `8 s`, `14 min`, `1 h 20 min`, `2 d 3 h`. Below a second: `0 s`. */
export function durationText(ms: number): string {
  const span = Math.max(0, ms)
  if (span < MINUTE_MS) return `${Math.floor(span / SECOND_MS)} s`
  if (span < HOUR_MS) return `${Math.floor(span / MINUTE_MS)} min`
  if (span < DAY_MS) return two(span, HOUR_MS, 'h', MINUTE_MS, 'min')
  return two(span, DAY_MS, 'd', HOUR_MS, 'h')
}

/**
 * An instant as a person would say it at `now`: `02:31`, `tomorrow 02:31`, `yesterday 02:31`, `Nov 24 02:31`.
 *
 * Rounded up to the minute for an instant to come, so that "not before" stays true. `timeZone` is an IANA name;
 * default the machine's.
 */
export function instantText(at: EpochMs, now: EpochMs, timeZone?: string): string {
  const shown = at > now ? Math.ceil(at / MINUTE_MS) * MINUTE_MS : at
  const time = partsOf(shown, timeZone)
  if (time.day === partsOf(now, timeZone).day) return time.clock
  if (time.day === partsOf(now + DAY_MS, timeZone).day) return `tomorrow ${time.clock}`
  if (time.day === partsOf(now - DAY_MS, timeZone).day) return `yesterday ${time.clock}`
  return `${time.date} ${time.clock}`
}

/** An instant in full, to the second: `2026-11-21 14:03:07`. */
export function instantInFull(at: EpochMs, timeZone?: string): string {
  const { day, clock, second } = partsOf(at, timeZone)
  return `${day} ${clock}:${second}`
}

interface TimeParts {
  /** `2026-11-21`. */
  readonly day: string
  /** `Nov 21`. */
  readonly date: string
  /** `14:03`. */
  readonly clock: string
  readonly second: string
}

const formats = new Map<string | undefined, Intl.DateTimeFormat>()

function partsOf(at: EpochMs, timeZone: string | undefined): TimeParts {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  )
  const get = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  const month = MONTHS.indexOf(get('month')) + 1
  return {
    day: `${get('year')}-${String(month).padStart(2, '0')}-${get('day').padStart(2, '0')}`,
    date: `${get('month')} ${get('day')}`,
    clock: `${get('hour')}:${get('minute')}`,
    second: get('second'),
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

// Making a format takes longer than a redraw should.
function formatFor(timeZone: string | undefined): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
  })
  formats.set(timeZone, made)
  return made
}

function two(span: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const rest = Math.floor((span % bigMs) / smallMs)
  const head = `${Math.floor(span / bigMs)} ${big}`
  return rest === 0 ? head : `${head} ${rest} ${small}`
}
