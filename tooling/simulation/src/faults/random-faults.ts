import type { Draw } from '../chance/draw.js'
import type { CallFault, CallFaults } from '../process/port-call.js'
import type { FaultLog } from './fault-log.js'
import type { FaultPlan } from './fault-plan.js'

// How much likelier a process is hit at the call that the seed is about.
const FOCUS_FACTOR = 15
const MOST = 0.4
// Of the times that a process stands still.
const ASLEEP_SHARE = 0.3

/** Crashes, pauses and store errors at drawn calls. */
export class RandomFaults implements CallFaults {
  readonly #plan: FaultPlan
  readonly #draw: Draw
  readonly #log: FaultLog

  constructor(plan: FaultPlan, draw: Draw, log: FaultLog) {
    this.#plan = plan
    this.#draw = draw
    this.#log = log
  }

  at(call: Parameters<CallFaults['at']>[0]): CallFault | null {
    const fault = this.#decide(call)
    if (fault === null) return null
    const kind = fault.type.startsWith('kill') ? 'crash' : fault.type
    const size = 'ms' in fault ? ` for ${fault.ms} ms` : ''
    this.#log.add(kind, `${call.process.name} ${call.name} #${call.number}: ${fault.type}${size}`)
    return fault
  }

  #decide(call: Parameters<CallFaults['at']>[0]): CallFault | null {
    const draw = this.#draw
    const factor = call.name === this.#plan.focus ? FOCUS_FACTOR : 1
    const strikes = (kind: 'crash' | 'pause' | 'store_error'): boolean => {
      const rate = this.#plan.rates.get(kind)
      return rate !== undefined && draw.chance(Math.min(MOST, rate * factor))
    }
    if (strikes('crash')) return { type: draw.chance(0.5) ? 'kill_before' : 'kill_after' }
    if (strikes('pause')) {
      const ms = Math.round(this.#plan.sizes.pauseMs * draw.logUniform(0.3, 1))
      return { type: draw.chance(ASLEEP_SHARE) ? 'sleep' : 'pause', ms }
    }
    if (call.port === 'store' && strikes('store_error')) {
      return { type: draw.chance(0.5) ? 'error_before' : 'error_after' }
    }
    return null
  }
}
