import { setTimeout as wait } from 'node:timers/promises'
import { StoreUnavailableError } from '@halfrate/core'

const UNAVAILABLE_WAIT_MS = 2_000

/** Reads again when the store does not answer for a moment, as the engine does; that is no reason to end. */
export async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      await wait(UNAVAILABLE_WAIT_MS)
    }
  }
}
