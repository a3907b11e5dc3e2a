import { setTimeout as wait } from 'node:timers/promises'
import { StoreAccessError, StoreUnavailableError } from '@halfrate/core'

const UNAVAILABLE_WAIT_MS = 2_000

/**
 * Reads again when the store does not answer for a moment, as the engine does; that is no reason to end. One that a person has to
 * mend first is.
 *
 * @param forMs - how long to wait between tries, in all, milliseconds; without end unless it is said.
 */
export async function patiently<T>(
  read: () => Promise<T>,
  forMs: number = Number.POSITIVE_INFINITY,
): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += UNAVAILABLE_WAIT_MS) {
    try {
      return await read()
    } catch (error) {
      const isPassing =
        error instanceof StoreUnavailableError && !(error instanceof StoreAccessError)
      if (!isPassing || waitedMs + UNAVAILABLE_WAIT_MS > forMs) throw error
      await wait(UNAVAILABLE_WAIT_MS)
    }
  }
}
