import { setTimeout as wait } from 'node:timers/promises'
import { StoreUnavailableError } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'

// Real time. A server that restarts is back in seconds, and one that is down for the night is asked twice a minute.
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/**
 * Opens a store as soon as it can be reached, and says what it waits for. Null when the signal came first.
 *
 * @throws what opening it throws, unless that passes by itself: a server that refuses is none to wait for.
 */
export async function waitForStore(
  open: () => Promise<Halfrate>,
  { say, signal }: { readonly say: (text: string) => void; readonly signal: AbortSignal },
): Promise<Halfrate | null> {
  let said = ''
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await open()
    } catch (error) {
      if (!isPassing(error)) throw error
      if (error.message !== said) say(`waiting for the store: ${error.message}`)
      said = error.message
    }
    await wait(waitMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return null
  }
}

// Its subclasses say that somebody has to do something about it.
function isPassing(error: unknown): error is StoreUnavailableError {
  return error instanceof StoreUnavailableError && error.constructor === StoreUnavailableError
}
