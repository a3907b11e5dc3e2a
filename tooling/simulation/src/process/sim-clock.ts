import type { Clock } from '@halfrate/core'
import type { Scheduler } from '../time/scheduler.js'
import type { SimProcess } from './sim-process.js'

// Naps of no length in a row that nobody needs.
const MOST_EMPTY_NAPS = 100

/** The clock of one process: virtual time, shown to people with an error that must not matter. */
export function simClock(params: {
  readonly process: SimProcess
  readonly scheduler: Scheduler
  /** How far wrong it is for people. */
  readonly skewMs: number
  /** Told when the process goes round in circles: it naps and naps for no time at all. */
  readonly onSpin: () => void
}): Clock {
  const { process, scheduler, skewMs } = params
  const bornAt = scheduler.now
  let emptyNaps = 0
  return {
    now: () => scheduler.now + skewMs + process.clockErrorMs,
    monotonicMs: () => scheduler.now - bornAt - process.asleepMs,
    sleep: ({ ms, signal }) => {
      if (signal?.aborted === true) return Promise.resolve()
      emptyNaps = ms < 1 ? emptyNaps + 1 : 0
      if (emptyNaps > MOST_EMPTY_NAPS) params.onSpin()
      return new Promise((resolve) => {
        const abort = (): void => process.deliver(0, resolve)
        // A signal outlives the naps of its process by far.
        process.deliver(ms, () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        })
        signal?.addEventListener('abort', abort, { once: true })
      })
    },
  }
}
