import type { EpochMs, RequestId } from '@halfrate/core'
import type { ReceivedMessage } from '../jobs/result.js'

/** One promise that somebody waits for. */
export interface Waiter {
  readonly resolve: (message: ReceivedMessage) => void
  readonly reject: (reason: unknown) => void
  readonly call: PendingCall
  /** Each of them lets it go. */
  readonly signals: readonly AbortSignal[]
  readonly deadlineAt: EpochMs | null
}

/** A request that promises of this process wait for. There are very many of them, so it holds no bytes of params. */
export class PendingCall {
  readonly key: string
  /** Of a call with a key of its own what it asks; null where the key is made of that. */
  readonly paramsHash: string | null
  /** Null until it is stored. */
  id: RequestId | null = null
  /** Whether a call of this process has put it there, so that it may take it back. */
  isMadeHere = false
  /** Whether a failure that is stored already is to be tried anew. */
  isRetried = false
  /** Whether it was being taken back when somebody asked for it again. */
  isDying = false
  // Nearly all have one, and a set is larger than all the rest.
  #only: Waiter | null = null
  #more: Set<Waiter> | null = null

  constructor(key: string, paramsHash: string | null) {
    this.key = key
    this.paramsHash = paramsHash
  }

  /** Whether nobody waits for it. */
  get isLeft(): boolean {
    return this.#only === null && (this.#more === null || this.#more.size === 0)
  }

  /** Who waits for it now. */
  waiters(): readonly Waiter[] {
    const more = this.#more === null ? [] : [...this.#more]
    return this.#only === null ? more : [this.#only, ...more]
  }

  /** Adds a promise. */
  add(waiter: Waiter): void {
    if (this.isLeft) this.#only = waiter
    else {
      this.#more ??= new Set()
      this.#more.add(waiter)
    }
  }

  /** Takes a promise away; false when it was not there. */
  remove(waiter: Waiter): boolean {
    if (this.#only !== waiter) return this.#more?.delete(waiter) ?? false
    this.#only = null
    return true
  }
}
