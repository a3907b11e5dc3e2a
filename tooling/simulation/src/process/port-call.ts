import type { Scheduler } from '../time/scheduler.js'
import type { SimProcess } from './sim-process.js'

/** What a call came to. */
export type Outcome<T> =
  | { readonly type: 'value'; readonly value: T }
  | { readonly type: 'error'; readonly error: unknown }

/** A call over a port, as the simulation sees it. */
export interface PortCall<T> {
  readonly port: 'store' | 'transport'
  readonly name: string
  /** Time until it takes effect. */
  readonly beforeMs: number
  /** Time from there until the answer. */
  readonly afterMs: number
  readonly effect: () => Promise<T>
  /** What the caller sees of a call that failed on the way there, or on the way back when it had taken effect. */
  readonly failure: (hadEffect: boolean) => Outcome<T>
}

/** What goes wrong at a call. */
export type CallFault =
  | { readonly type: 'error_before' }
  | { readonly type: 'error_after' }
  | { readonly type: 'kill_before' }
  | { readonly type: 'kill_after' }
  /** The process stands still before it sees the answer. */
  | { readonly type: 'pause'; readonly ms: number }
  /** Its whole machine does, and the monotonic clock with it. */
  | { readonly type: 'sleep'; readonly ms: number }

/** Decides what goes wrong at a call; null for nothing. */
export interface CallFaults {
  at(call: {
    readonly number: number
    readonly process: SimProcess
    readonly port: 'store' | 'transport'
    readonly name: string
  }): CallFault | null
}

/** Carries calls over ports: numbers them, lets time pass and things go wrong. */
export class PortCalls {
  readonly #scheduler: Scheduler
  readonly #onCall: (call: {
    readonly process: SimProcess
    readonly name: string
    readonly fault: CallFault | null
  }) => void
  #faults: CallFaults | null = null
  #count = 0

  constructor(
    scheduler: Scheduler,
    onCall: (call: {
      readonly process: SimProcess
      readonly name: string
      readonly fault: CallFault | null
    }) => void,
  ) {
    this.#scheduler = scheduler
    this.#onCall = onCall
  }

  /** Calls so far. */
  get count(): number {
    return this.#count
  }

  /** From now on these go wrong; null for none. */
  set faults(faults: CallFaults | null) {
    this.#faults = faults
  }

  /** Makes a call for a process. Never settles when the process dies before the answer. */
  make<T>(process: SimProcess, call: PortCall<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const show = (outcome: Outcome<T>): void => {
        if (outcome.type === 'value') resolve(outcome.value)
        else reject(outcome.error)
      }
      this.#scheduler.after(call.beforeMs, () => this.#arrive(process, call, show))
    })
  }

  async #arrive<T>(
    process: SimProcess,
    call: PortCall<T>,
    show: (outcome: Outcome<T>) => void,
  ): Promise<void> {
    if (process.isDead) {
      // What was on the wire when its sender died arrives all the same.
      if (call.port === 'transport' && call.beforeMs % 2 === 1) await outcomeOf(call.effect)
      return
    }
    if (process.isFrozen && call.port === 'store') {
      process.afterFreeze(() => this.#arrive(process, call, show))
      return
    }
    this.#count += 1
    const { port, name } = call
    const fault = this.#faults?.at({ number: this.#count, process, port, name }) ?? null
    this.#onCall({ process, name, fault })
    if (fault?.type === 'kill_before') return process.kill()
    const isHeard = fault?.type !== 'error_before'
    const real = isHeard ? await outcomeOf(call.effect) : call.failure(false)
    if (fault?.type === 'kill_after') return process.kill()
    const shown = fault?.type === 'error_after' ? call.failure(true) : real
    if (fault?.type === 'pause') process.freeze(fault.ms)
    if (fault?.type === 'sleep') process.putToSleep(fault.ms)
    if (call.afterMs === 0 && !process.isFrozen) show(shown)
    else process.deliver(call.afterMs, () => show(shown))
  }
}

async function outcomeOf<T>(effect: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { type: 'value', value: await effect() }
  } catch (error) {
    return { type: 'error', error }
  }
}
