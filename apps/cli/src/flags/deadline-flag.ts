import { ConfigError, type EpochMs } from '@halfrate/core'
import { deadlineBy } from '@halfrate/runtime'

/** Flags that say when answers are wanted, as they were typed. */
export interface DeadlineFlags {
  readonly by?: string | undefined
  readonly timeZone?: string | undefined
}

/**
 * When answers are wanted by; null when nobody said.
 *
 * @throws {ConfigError} when the flags can't be used.
 */
export function deadlineFlag({ by, timeZone }: DeadlineFlags, now: EpochMs): EpochMs | null {
  if (by !== undefined) {
    return deadlineBy({ by, timeZone }, now, { by: '--by', timeZone: '--time-zone' })
  }
  if (timeZone === undefined) return null
  throw new ConfigError('--time-zone goes with --by.', 'Add --by TIME, or leave it out.')
}
