import { ConfigError, DAY_MS, type EpochMs } from '@halfrate/core'
import { parseInstant } from '@halfrate/core/intake'
import { beginningOfDay } from '@halfrate/runtime'
import { sinceFlag } from '../flags/since-flag.js'

/** Flags that say of which time costs are. */
export interface CostWindowFlags {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly month?: string | undefined
}

/** From an instant on, and before another; null where it is open. */
export interface CostWindow {
  readonly since: EpochMs | null
  readonly until: EpochMs | null
}

const DAY = /^\d{4}-\d\d-\d\d$/
// Costs are asked for by months and years, for which a span of time elsewhere is too short.
const DAYS = /^\d{1,4}d$/

/**
 * Reads of which time costs are asked for. Days and months begin where the time zone says.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function costWindow(
  { since, until, month }: CostWindowFlags,
  { now, dayOfAt }: { readonly now: EpochMs; readonly dayOfAt: (at: EpochMs) => string },
): CostWindow {
  if (month !== undefined) {
    const other = since === undefined ? until : since
    if (other === undefined) return monthWindow(month, dayOfAt)
    const name = since === undefined ? '--until' : '--since'
    throw new ConfigError(`--month and ${name} can't go together.`, 'Leave one of them out.')
  }
  const instant = (flag: string, text: string | undefined): EpochMs | null => {
    if (text === undefined) return null
    const isDay = DAY.test(text) && parseInstant(`${text}T00:00:00Z`) !== null
    if (isDay) return beginningOfDay(text, dayOfAt)
    if (DAYS.test(text)) return now - Number(text.slice(0, -1)) * DAY_MS
    return sinceFlag(flag)(text)(now)
  }
  const window = { since: instant('--since', since), until: instant('--until', until) }
  if (window.since === null || window.until === null || window.since < window.until) return window
  throw new ConfigError(
    `--until: expected a time after --since ${since}, got ${until}.`,
    'Correct the flags. --until is the first instant that does not count.',
  )
}

function monthWindow(month: string, dayOfAt: (at: EpochMs) => string): CostWindow {
  const [, year, number] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? []
  if (year === undefined || number === undefined) {
    throw new ConfigError(
      `--month: expected a month such as 2026-11, got ${JSON.stringify(month)}.`,
      'Correct the flag.',
    )
  }
  const next = new Date(Date.UTC(Number(year), Number(number), 1)).toISOString().slice(0, 10)
  return {
    since: beginningOfDay(`${month}-01`, dayOfAt),
    until: beginningOfDay(next, dayOfAt),
  }
}
