import type { Clock } from '@halfrate/core'
import type { Scheduler } from '../time/scheduler.js'
import type { SimProcess } from './sim-process.js'

/** The clock of one process: virtual time, shown to people with an error that must not matter. */
export function simClock(process: SimProcess, scheduler: Scheduler, skewMs: number): Clock {
  const bornAt = scheduler.now
  return {
    now: () => scheduler.now + skewMs,
    monotonicMs: () => scheduler.now - bornAt,
    sleep: ({ ms, signal }) => {
      if (signal?.aborted === true) return Promise.resolve()
      return new Promise((resolve) => {
        process.deliver(ms, resolve)
        signal?.addEventListener('abort', () => process.deliver(0, resolve), { once: true })
      })
    },
  }
}
