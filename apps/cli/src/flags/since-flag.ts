import { ConfigError, type EpochMs } from '@halfrate/core'
import { parseInstant } from '@halfrate/core/intake'
import { durationFlag } from './duration-flag.js'

const DAY = /^\d{4}-\d\d-\d\d$/

/**
 * Reads since when: a span such as `3d` or `12h`, a day (from its beginning here), or an instant with its zone. The answer
 * tells the instant when it is told what time it is.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function sinceFlag(flag: string): (text: string) => (now: EpochMs) => EpochMs {
  return (text) => {
    if (/^\d+[smhd]$/.test(text)) {
      const spanMs = durationFlag(flag)(text)
      return (now) => now - spanMs
    }
    const at = DAY.test(text) ? beginningOf(text) : parseInstant(text)
    if (at !== null) return () => at
    throw new ConfigError(
      `${flag}: expected a time such as 3d, 12h, 2026-11-20 or 2026-11-20T06:00:00Z, got ${JSON.stringify(text)}.`,
      'Correct the flag. Nothing was changed.',
    )
  }
}

// A day that the month does not have is none.
function beginningOf(day: string): EpochMs | null {
  if (parseInstant(`${day}T00:00:00Z`) === null) return null
  return new Date(`${day}T00:00:00`).getTime()
}
