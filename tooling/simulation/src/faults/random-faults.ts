import type { Draw } from '../chance/draw.js'
import type { CallFault, CallFaults } from '../process/port-call.js'
import { isWrite } from '../store/store-call.js'
import type { FaultKind } from './fault-kind.js'
import type { FaultLog } from './fault-log.js'
import type { FaultPlan } from './fault-plan.js'
import type { FaultWindows } from './fault-windows.js'
import type { Strikes } from './strikes.js'

// How much likelier a process is hit at the call that the seed is about.
const FOCUS_FACTOR = 15
const MOST = 0.4
// Of the times that a process stands still.
const ASLEEP_SHARE = 0.3
// Most calls in a row that find the store locked, or that others' transactions push out.
const MOST_BUSY = 8
const MOST_CONFLICTS = 2

// Files break off by faults of their own, which keep to how long a file may be unreadable.
const MIDDLE_OF_FILE = 'streamResults.piece'

type Call = Parameters<CallFaults['at']>[0]

/** What goes wrong at drawn calls: crashes, pauses, errors of the store and of connections. */
export class RandomFaults implements CallFaults {
  readonly #plan: FaultPlan
  readonly #strikes: Strikes
  readonly #windows: FaultWindows
  readonly #draw: Draw
  readonly #log: FaultLog
  readonly #now: () => number
  readonly #refusals = new Map<string, number>()

  constructor(params: {
    readonly plan: FaultPlan
    readonly strikes: Strikes
    readonly windows: FaultWindows
    readonly draw: Draw
    readonly log: FaultLog
    readonly now: () => number
  }) {
    this.#plan = params.plan
    this.#strikes = params.strikes
    this.#windows = params.windows
    this.#draw = params.draw
    this.#log = params.log
    this.#now = params.now
  }

  at(call: Call): CallFault | null {
    const found = this.#outage(call) ?? this.#onProcess(call) ?? this.#onPort(call)
    if (found === null) return null
    const { kind, fault } = found
    if (kind === null) return fault
    const size = 'ms' in fault ? ` for ${fault.ms} ms` : ''
    this.#log.add(kind, `${call.process.name} ${call.name} #${call.number}: ${fault.type}${size}`)
    return fault
  }

  // While something is out every call to it fails; the outage is logged once, when it is planned.
  #outage({ port, name, process }: Call): Found | null {
    const now = this.#now()
    if (port === 'transport') {
      if (name === MIDDLE_OF_FILE) return null
      return this.#windows.isOn('provider_down', now) ? silently('error_before') : null
    }
    if (this.#windows.isOn('store_down', now)) {
      return silently(this.#draw.chance(0.9) ? 'error_before' : 'error_after')
    }
    if (!isWrite(name)) return null
    if (this.#windows.isOn('disk_full', now)) return silently('error_before')
    const refusals = this.#refusals.get(process.name) ?? 0
    if (refusals === 0) return null
    this.#refusals.set(process.name, refusals - 1)
    return silently('error_before')
  }

  #onProcess(call: Call): Found | null {
    const { sizes } = this.#plan
    const draw = this.#draw
    if (this.#isStruck('crash', call)) {
      return { kind: 'crash', fault: { type: draw.chance(0.5) ? 'kill_before' : 'kill_after' } }
    }
    if (!this.#isStruck('pause', call)) return null
    const ms = Math.round(sizes.pauseMs * draw.logUniform(0.3, 1))
    // A machine whose clock is set back while it sleeps has no clock left that could tell a deadline.
    const sleeps = draw.chance(ASLEEP_SHARE) && !this.#strikes.isOn('clock_jump')
    return { kind: 'pause', fault: { type: sleeps ? 'sleep' : 'pause', ms } }
  }

  #onPort(call: Call): Found | null {
    const draw = this.#draw
    if (call.port === 'transport') {
      if (call.name === MIDDLE_OF_FILE) return null
      if (this.#strikes.at('connection_refused', draw))
        return failed('connection_refused', 'before')
      if (this.#strikes.at('connection_reset', draw)) return failed('connection_reset', 'after')
      return null
    }
    if (this.#isStruck('store_error', call)) {
      return failed('store_error', draw.chance(0.5) ? 'before' : 'after')
    }
    if (!isWrite(call.name)) return null
    for (const [kind, most] of BURSTS) {
      if (!this.#isStruck(kind, call)) continue
      this.#refusals.set(call.process.name, draw.whole(1, most) - 1)
      return failed(kind, 'before')
    }
    return null
  }

  #isStruck(kind: FaultKind, call: Call): boolean {
    const factor = call.name === this.#plan.focus ? FOCUS_FACTOR : 1
    return this.#strikes.at(kind, this.#draw, { factor, most: MOST })
  }
}

const BURSTS = [
  ['store_busy', MOST_BUSY],
  ['serialization', MOST_CONFLICTS],
] as const

interface Found {
  /** Null for one that was logged before. */
  readonly kind: FaultKind | null
  readonly fault: CallFault
}

function silently(type: 'error_before' | 'error_after'): Found {
  return { kind: null, fault: { type } }
}

function failed(kind: FaultKind, when: 'before' | 'after'): Found {
  return { kind, fault: { type: `error_${when}` } }
}
