import { setTimeout as wait } from 'node:timers/promises'
import { StoreAccessError, StoreUnavailableError } from '@halfrate/core'

const UNAVAILABLE_WAIT_MS = 2_000

/**
 * Reads again when the store does not answer for a moment, as the engine does; that is no reason to end. One that a person has to
 * mend first is.
 *
 * @param forMs - how long to try, milliseconds; without end unless it is said.
 */
export async function patiently<T>(
  read: () => Promise<T>,
  forMs: number = Number.POSITIVE_INFINITY,
): Promise<T> {
  const endsAt = performance.now() + forMs
  for (;;) {
    try {
      return await read()
    } catch (error) {
      const isPassing =
        error instanceof StoreUnavailableError && !(error instanceof StoreAccessError)
      if (!isPassing || performance.now() + UNAVAILABLE_WAIT_MS > endsAt) throw error
      await wait(UNAVAILABLE_WAIT_MS)
    }
  }
}
