import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@halfrate/core'

const UNITS = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
] as const

/** A span of milliseconds as a flag takes it, `90s` or `3d`; one that no flag can say is told in `ms`. No two are alike. */
export function spanText(ms: number): string {
  if (ms === 0) return '0'
  const [unit, unitMs] = UNITS.find(([, size]) => ms % size === 0) ?? ['ms', 1]
  return `${ms / unitMs}${unit}`
}
