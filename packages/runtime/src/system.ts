import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Clock, EpochMs, Random } from '@halfrate/core'
import { type FastClock, virtualInstant } from './fast-clock.js'

// Node turns a longer time-out into one millisecond.
const LONGEST_TIMEOUT_MS = 2_147_483_647

/**
 * The machine's clock, or the shared fast one. Spans that it is asked to wait are of the same clock. One that knows how to
 * wait, as an emulator's in the same process does, is used as it is: it may stand still until somebody puts it forward.
 */
export function systemClock(fast: FastClock | (FastClock & Clock) | null = null): Clock {
  if (fast !== null && 'sleep' in fast) return fast
  const factor = fast?.factor ?? 1
  return {
    now: () => systemNow(fast),
    monotonicMs: () => performance.now() * factor,
    sleep: ({ ms, signal }) => sleep(ms / factor, signal),
  }
}

/** The instant, of the machine's clock or of the shared fast one. */
export function systemNow(fast: FastClock | null = null): EpochMs {
  return virtualInstant(fast, Date.now())
}

/** Chance from the operating system. */
export const systemRandom: Random = {
  // 53 bits, as many as a number below 1 can tell apart.
  next: () => Number(randomBytes(8).readBigUInt64BE() >> 11n) / 2 ** 53,
  bytes: (length) => new Uint8Array(randomBytes(length)),
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, Math.min(Math.max(ms, 0), LONGEST_TIMEOUT_MS))
    signal?.addEventListener('abort', wake, { once: true })
  })
}
