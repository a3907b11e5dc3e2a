import {
  DEFAULT_PROJECT,
  type EpochMs,
  type IntakeRow,
  type QueueName,
  type RequestId,
} from '@halfrate/core'
import { IntakeRowMaker, keyHashOf } from '@halfrate/core/intake'
import { cancelRequests } from '../jobs/cancel-requests.js'
import { patiently } from '../jobs/patiently.js'
import type { ReceivedMessage } from '../jobs/result.js'
import { KeyTakenError } from '../key-taken-error.js'
import { AnswerReader } from './answer-reader.js'
import { contentKey } from './content-key.js'
import { DeadlinePassedError } from './deadline-passed-error.js'
import { DeadlineWatch } from './deadline-watch.js'
import type { DeferredHome } from './deferred-home.js'
import { Outbox, type Stored } from './outbox.js'
import { PendingCall, type Waiter } from './pending-call.js'
import { PendingCalls } from './pending-calls.js'

/** One call. */
export interface DeferredAsk {
  readonly params: object
  /** Null where the key is made of what is asked, and of the salt. */
  readonly key: string | null
  readonly salt: string | null
  readonly labels: Readonly<Record<string, string>> | null
  readonly signals: readonly AbortSignal[]
  readonly deadlineAt: EpochMs | string | null
  readonly retryFailed: boolean
  readonly start: boolean
}

// Whether a request can be taken is known before its content is looked at.
const UNKEYED = 'content'

/** The deferred calls of one queue in this process: stored by pages, and answered by one reader. */
export class DeferredQueue {
  readonly #home: DeferredHome
  readonly #queue: QueueName
  readonly #maker: IntakeRowMaker
  readonly #calls: PendingCalls
  readonly #outbox: Outbox
  readonly #reader: AnswerReader
  readonly #deadlines: DeadlineWatch
  readonly #toCancel = new Set<RequestId>()
  #canceling: Promise<void> | null = null

  constructor(home: DeferredHome, queue: QueueName) {
    this.#home = home
    this.#queue = queue
    const { digest, clock, clockFactor } = home.half
    this.#maker = new IntakeRowMaker({ hash128: digest.hash128 })
    this.#calls = new PendingCalls((call) => this.#takeBack(call))
    this.#reader = new AnswerReader(home, queue, this.#calls)
    this.#outbox = new Outbox({
      ...{ home, queue },
      onStored: (stored) => this.#bind(stored),
      onFailed: (call, error) => this.#calls.reject(call, error),
    })
    this.#deadlines = new DeadlineWatch({
      ...{ clock, factor: clockFactor, timed: this.#calls.timed },
      onPassed: (waiter) => this.#calls.leave(waiter, this.#passed(waiter)),
    })
  }

  /**
   * Asks, or joins who asks the same. What is asked is read before this returns.
   *
   * @throws {InvalidInputError} when the request can't be taken.
   * @throws {KeyTakenError} when a call with the same key and other params waits.
   */
  ask(asked: DeferredAsk): Promise<ReceivedMessage> {
    const row = this.#rowOf(asked)
    const { key } = row
    const paramsHash = asked.key === null ? null : Buffer.from(row.paramsHash).toString('hex')
    const there = this.#calls.ofKey(key)
    if (there !== undefined && there.paramsHash !== paramsHash) {
      throw new KeyTakenError({ queue: this.#queue, keys: [key], othersStand: false })
    }
    const call = there ?? new PendingCall(key, paramsHash)
    call.isRetried ||= asked.retryFailed
    const promise = this.#promiseOf(call, asked.signals, row.deadlineAt)
    if (there !== undefined) return promise
    this.#calls.add(call)
    this.#outbox.put(call, row, asked.start)
    return promise
  }

  /**
   * The key of a call.
   *
   * @throws {InvalidInputError} when the request can't be taken.
   */
  keyOf(asked: Pick<DeferredAsk, 'params' | 'key' | 'salt'>): string {
    return this.#rowOf({ ...asked, labels: null, deadlineAt: null }).key
  }

  #rowOf(asked: Pick<DeferredAsk, 'params' | 'key' | 'salt' | 'labels' | 'deadlineAt'>): IntakeRow {
    const { params, salt, labels, deadlineAt } = asked
    const { hash128 } = this.#home.half.digest
    const row = this.#maker.intakeRowOf({
      ...{ key: asked.key ?? UNKEYED, params },
      ...{ labels, deadlineAt },
    })
    if (asked.key !== null) return row
    const key = contentKey(params, salt, hash128)
    return { ...row, key, keyHash: keyHashOf(key, hash128) }
  }

  // Apart from what made the row, so that a promise that waits for a day holds none of its bytes.
  #promiseOf(
    call: PendingCall,
    signals: readonly AbortSignal[],
    deadlineAt: EpochMs | null,
  ): Promise<ReceivedMessage> {
    return new Promise((resolve, reject) => {
      this.#calls.join({ resolve, reject, call, signals, deadlineAt })
      if (deadlineAt !== null) this.#deadlines.mind(deadlineAt)
    })
  }

  async #bind(stored: readonly Stored[]): Promise<void> {
    const old: RequestId[] = []
    for (const { call, answer } of stored) {
      const { id, type } = answer
      if (type === 'new') call.isMadeHere = true
      if (this.#toCancel.has(id)) call.isDying = true
      if (call.isLeft) {
        call.id = id
        this.#takeBack(call)
        continue
      }
      this.#calls.bind(call, id)
      if (type !== 'new') old.push(id)
    }
    await this.#reader.lookAtOld(old)
    this.#reader.wake()
  }

  #passed({ call, deadlineAt }: Waiter): DeadlinePassedError {
    const { key } = call
    return new DeadlinePassedError({ queue: this.#queue, key, deadlineAt: deadlineAt ?? 0 })
  }

  // Only what was put here: others may wait for it elsewhere. Before it is stored there is nothing to take back.
  #takeBack({ id, isMadeHere }: PendingCall): void {
    if (id === null || !isMadeHere) return
    this.#toCancel.add(id)
    this.#canceling ??= this.#cancel().finally(() => {
      this.#canceling = null
    })
  }

  async #cancel(): Promise<void> {
    const { store } = this.#home.half
    // Those of one signal together.
    await Promise.resolve()
    while (this.#toCancel.size > 0) {
      const ids = [...this.#toCancel]
      const unwanted = ids.filter((id) => this.#calls.ofId(id) === undefined)
      try {
        await patiently(() => cancelRequests(store, { project: DEFAULT_PROJECT }, unwanted))
      } catch {
        // Nobody is left to be told. They are answered, paid and kept, as if nobody had let them go.
      }
      for (const id of ids) this.#toCancel.delete(id)
    }
  }
}
