import type { CallRecord } from './call-record.js'

/** Where records go: a function, or something that they are written to. It may be asynchronous; nobody waits for it. */
export type Sink =
  | ((call: CallRecord) => unknown)
  | { readonly write: (call: CallRecord) => unknown }

/** Hands records to a sink and keeps what goes wrong there from the program's calls. */
export class Recorder {
  readonly #sink: Sink
  readonly #onError: (error: unknown) => unknown
  #dropped = 0

  constructor(sink: Sink, onError: (error: unknown) => unknown) {
    this.#sink = sink
    this.#onError = onError
  }

  /** How many calls were not recorded because something threw. */
  get dropped(): number {
    return this.#dropped
  }

  /** Hands a record on. Never throws. */
  write(call: CallRecord): void {
    this.guard(() => {
      const done = typeof this.#sink === 'function' ? this.#sink(call) : this.#sink.write(call)
      if (isThenable(done)) done.then(undefined, (error: unknown) => this.#drop(error))
    })
  }

  /** Runs a step of recording; what it throws counts as a call that was not recorded. */
  guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#drop(error)
    }
  }

  // Told once: a sink that is broken is so for every call.
  #drop(error: unknown): void {
    this.#dropped += 1
    if (this.#dropped > 1) return
    try {
      const told = this.#onError(error)
      if (isThenable(told)) told.then(undefined, () => undefined)
    } catch {
      // Who is to be told of errors has failed too; the call goes on.
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function'
}
