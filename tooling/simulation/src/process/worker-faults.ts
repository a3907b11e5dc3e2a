import type { Draw } from '../chance/draw.js'
import type { FaultKind } from '../faults/fault-kind.js'
import type { FaultLog } from '../faults/fault-log.js'
import type { FaultSizes } from '../faults/fault-sizes.js'
import type { Strikes } from '../faults/strikes.js'
import type { Scheduler } from '../time/scheduler.js'
import type { WorkerPool } from './worker-pool.js'

const MOST_STOPS = 8
const MOST_JUMPS = 4
const LONGEST_GRACE_MS = 240_000

/** What is done to workers from outside: stopped cleanly, clocks set wrong, all of them gone for long. */
export function planWorkerFaults(params: {
  readonly scheduler: Scheduler
  readonly pool: WorkerPool
  readonly strikes: Strikes
  readonly sizes: FaultSizes
  readonly draw: Draw
  readonly log: FaultLog
  /** How long things go wrong, the time in which nobody works left out. */
  readonly busyMs: number
}): void {
  const { scheduler, pool, strikes, sizes, draw, log, busyMs } = params
  const plan = (kind: FaultKind, act: () => string): void => {
    const atMs = draw.fraction() * busyMs
    scheduler.after(atMs, () => {
      if (strikes.isOn(kind) && strikes.counted(kind)) log.add(kind, act())
    })
  }
  const times = (kind: FaultKind, most: number): number =>
    strikes.isOn(kind) ? draw.logWhole(1, most) : 0
  for (let count = times('stop', MOST_STOPS); count > 0; count -= 1) {
    plan('stop', () => {
      const graceMs = draw.logWhole(1, LONGEST_GRACE_MS)
      return `${pool.stopOne(graceMs) ?? 'nobody'} with ${graceMs} ms to end its steps`
    })
  }
  for (let count = times('clock_jump', MOST_JUMPS); count > 0; count -= 1) {
    plan('clock_jump', () => {
      const ms = Math.round(sizes.jumpMs * draw.logUniform(0.3, 1)) * (draw.chance(0.5) ? 1 : -1)
      return `${pool.jumpOne(ms) ?? 'nobody'} by ${ms} ms`
    })
  }
  if (!strikes.isOn('absence')) return
  plan('absence', () => {
    pool.leave(sizes.awayMs)
    return `for ${Math.round(sizes.awayMs)} ms`
  })
}
