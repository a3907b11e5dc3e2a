import type { CallRecord } from './call-record.js'
import { DropCount, isThenable } from './drop-count.js'

/** Where records go: a function, or something that they are written to. It may be asynchronous; nobody waits for it. */
export type Sink =
  | ((call: CallRecord) => unknown)
  | { readonly write: (call: CallRecord) => unknown }

/** Hands records to a sink and keeps what goes wrong there from the program's calls. */
export class Recorder {
  readonly #sink: Sink
  readonly #drops: DropCount

  constructor(sink: Sink, onError: (error: unknown) => unknown) {
    this.#sink = sink
    this.#drops = new DropCount(onError)
  }

  /** How many calls were not recorded because something threw. */
  get dropped(): number {
    return this.#drops.count
  }

  /** Hands a record on. Never throws. */
  write(call: CallRecord): void {
    this.guard(() => {
      const done = typeof this.#sink === 'function' ? this.#sink(call) : this.#sink.write(call)
      if (isThenable(done)) done.then(undefined, (error: unknown) => this.#drops.add(1, error))
    })
  }

  /** Runs a step of recording; what it throws counts as a call that was not recorded. */
  guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#drops.add(1, error)
    }
  }
}
