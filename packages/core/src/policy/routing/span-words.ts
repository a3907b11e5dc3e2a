import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/time.js'

/**
 * A span of time as a person says it: `45 s`, `14 min`, `1 h 20 min`, `30 h`. What is left is rounded down and what is needed up,
 * so that two of them beside each other tell the truth.
 */
export function spanWords(ms: number, rounding: 'up' | 'down'): string {
  const round = rounding === 'up' ? Math.ceil : Math.floor
  const seconds = round(ms / SECOND_MS)
  if (seconds < 120) return `${seconds} s`
  const minutes = round(ms / MINUTE_MS)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor((minutes * MINUTE_MS) / HOUR_MS)
  const rest = minutes % 60
  if (hours >= 10) return `${round(ms / HOUR_MS)} h`
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
}
