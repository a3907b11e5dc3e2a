import { ConfigError, type EpochMs } from '@halfrate/core'
import { parseInstant } from '@halfrate/core/intake'

/**
 * Reads a day, `2026-11-22`, as its beginning in UTC.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function dayFlag(flag: string): (text: string) => EpochMs {
  return (text) => {
    const at = /^\d{4}-\d\d-\d\d$/.test(text) ? parseInstant(`${text}T00:00:00Z`) : null
    if (at !== null) return at
    throw new ConfigError(
      `${flag}: expected a day such as 2026-11-22, got ${JSON.stringify(text)}.`,
      'Correct the flag. Nothing was changed.',
    )
  }
}
