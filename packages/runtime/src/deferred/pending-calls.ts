import type { RequestId } from '@halfrate/core'
import type { ReceivedMessage } from '../jobs/result.js'
import type { PendingCall, Waiter } from './pending-call.js'

/** The calls of a queue that wait in this process, by key and, once they are stored, by request. */
export class PendingCalls {
  readonly #byKey = new Map<string, PendingCall>()
  readonly #byId = new Map<RequestId, PendingCall>()
  readonly #bySignal = new Map<AbortSignal, Set<Waiter>>()
  readonly #timed = new Set<Waiter>()
  readonly #onLeft: (call: PendingCall) => void

  /** @param onLeft - told of a call that nobody waits for any more, though it has not ended. */
  constructor(onLeft: (call: PendingCall) => void) {
    this.#onLeft = onLeft
  }

  /** How many are stored. */
  get storedCount(): number {
    return this.#byId.size
  }

  /** Those of deadlines. */
  get timed(): ReadonlySet<Waiter> {
    return this.#timed
  }

  /** The stored ones in the order of intake. */
  ids(): readonly RequestId[] {
    return [...this.#byId.keys()].sort((one, other) => one - other)
  }

  /** The call of a key, if there is one. */
  ofKey(key: string): PendingCall | undefined {
    return this.#byKey.get(key)
  }

  /** The call that waits for a request, if there is one. */
  ofId(id: RequestId): PendingCall | undefined {
    return this.#byId.get(id)
  }

  /** Adds a call that is not stored yet. */
  add(call: PendingCall): void {
    this.#byKey.set(call.key, call)
  }

  /** Adds a promise to a call. */
  join(waiter: Waiter): void {
    const { call, signals, deadlineAt } = waiter
    call.add(waiter)
    if (deadlineAt !== null) this.#timed.add(waiter)
    for (const signal of signals) {
      let waiters = this.#bySignal.get(signal)
      if (waiters === undefined) {
        waiters = new Set()
        this.#bySignal.set(signal, waiters)
        signal.addEventListener('abort', this.#onAbort, { once: true })
      }
      waiters.add(waiter)
    }
  }

  /** Notes which request a call waits for. */
  bind(call: PendingCall, id: RequestId): void {
    if (call.id !== null) this.#byId.delete(call.id)
    call.id = id
    this.#byId.set(id, call)
  }

  /** Ends a call by its answer. */
  resolve(call: PendingCall, message: ReceivedMessage): void {
    for (const { resolve } of this.#end(call)) resolve(message)
  }

  /** Ends a call by an error. */
  reject(call: PendingCall, reason: unknown): void {
    for (const { reject } of this.#end(call)) reject(reason)
  }

  /** Ends all that are stored. */
  rejectStored(reason: unknown): void {
    for (const call of [...this.#byId.values()]) this.reject(call, reason)
  }

  /** Lets one promise go, whose call goes on while others wait for it. */
  leave(waiter: Waiter, reason: unknown): void {
    const { call } = waiter
    if (!this.#forget(waiter)) return
    waiter.reject(reason)
    if (!call.isLeft) return
    this.#drop(call)
    this.#onLeft(call)
  }

  readonly #onAbort = (event: Event): void => {
    const signal = event.target as AbortSignal
    for (const waiter of [...(this.#bySignal.get(signal) ?? [])]) this.leave(waiter, signal.reason)
  }

  #end(call: PendingCall): readonly Waiter[] {
    this.#drop(call)
    const waiters = call.waiters()
    for (const waiter of waiters) this.#forget(waiter)
    return waiters
  }

  #drop(call: PendingCall): void {
    if (this.#byKey.get(call.key) === call) this.#byKey.delete(call.key)
    if (call.id !== null && this.#byId.get(call.id) === call) this.#byId.delete(call.id)
  }

  #forget(waiter: Waiter): boolean {
    const { call, signals } = waiter
    if (!call.remove(waiter)) return false
    this.#timed.delete(waiter)
    for (const signal of signals) {
      const waiters = this.#bySignal.get(signal)
      waiters?.delete(waiter)
      if (waiters?.size !== 0) continue
      this.#bySignal.delete(signal)
      signal.removeEventListener('abort', this.#onAbort)
    }
    return true
  }
}
