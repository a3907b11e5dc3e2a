import { setImmediate as turn } from 'node:timers/promises'
import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  enqueue,
  type IntakeRow,
  type PutAnswer,
  type QueueName,
} from '@halfrate/core'
import { refuseUnpriced } from '../budgets/refuse-unpriced.js'
import { patiently } from '../jobs/patiently.js'
import { KeyTakenError } from '../key-taken-error.js'
import type { DeferredHome } from './deferred-home.js'
import type { PendingCall } from './pending-call.js'

// Of a page that is stored at a time, which the calls that come meanwhile wait for.
const MOST_ROWS = 1_000
const MOST_BYTES = 16_000_000

/** A call with the bytes of its request. */
interface Parcel {
  readonly call: PendingCall
  readonly row: IntakeRow
}

/** What became of a call that was to be stored. */
export interface Stored {
  readonly call: PendingCall
  readonly answer: PutAnswer
}

/** Stores the calls of a queue by pages: those of one turn of the event loop together, and those that come while a page is stored. */
export class Outbox {
  readonly #home: DeferredHome
  readonly #queue: QueueName
  readonly #onStored: (stored: readonly Stored[]) => Promise<void>
  readonly #onFailed: (call: PendingCall, error: unknown) => void
  #parcels: Parcel[] = []
  #isToStart = false
  #isFlushing = false

  constructor(params: {
    readonly home: DeferredHome
    readonly queue: QueueName
    readonly onStored: (stored: readonly Stored[]) => Promise<void>
    /** Told of a call that surely is not stored, or that a person has to do something for first. */
    readonly onFailed: (call: PendingCall, error: unknown) => void
  }) {
    this.#home = params.home
    this.#queue = params.queue
    this.#onStored = params.onStored
    this.#onFailed = params.onFailed
  }

  /** Takes a call; `isToStart` has this process work on the store too. */
  put(call: PendingCall, row: IntakeRow, isToStart: boolean): void {
    this.#parcels.push({ call, row })
    this.#isToStart ||= isToStart
    if (this.#isFlushing) return
    this.#isFlushing = true
    void this.#flush()
  }

  async #flush(): Promise<void> {
    await turn()
    while (this.#parcels.length > 0) {
      const page = this.#takePage()
      try {
        await this.#store(page)
      } catch (error) {
        for (const { call } of page) this.#onFailed(call, error)
      }
    }
    this.#isFlushing = false
  }

  #takePage(): readonly Parcel[] {
    let [count, bytes] = [0, 0]
    for (const { row } of this.#parcels) {
      if (count === MOST_ROWS || (count > 0 && bytes + row.body.length > MOST_BYTES)) break
      count += 1
      bytes += row.body.length
    }
    // Nobody waits any more for what was let go meanwhile.
    return this.#parcels.splice(0, count).filter(({ call }) => !call.isLeft)
  }

  async #store(page: readonly Parcel[]): Promise<void> {
    const { half, prepareQueue, start, wake } = this.#home
    await patiently(() => prepareQueue(this.#queue))
    if (this.#isToStart) await patiently(start)
    const parcels = await this.#priced(page)
    if (parcels.length === 0) return
    const place = { project: DEFAULT_PROJECT, account: DEFAULT_ACCOUNT, queue: this.#queue }
    const rows = parcels.map(({ row }) => row)
    const answers = await patiently(() => enqueue({ ...place, store: half.store, rows }))
    const stored: Stored[] = []
    for (const [index, { call }] of parcels.entries()) {
      const answer = answers[index] as PutAnswer
      // A key that is made of the content stands for it, in whichever order its members are.
      if (answer.type !== 'conflict' || call.paramsHash === null) stored.push({ call, answer })
      else this.#onFailed(call, this.#taken(call))
    }
    wake()
    await this.#onStored(stored)
  }

  #taken({ key }: PendingCall): KeyTakenError {
    return new KeyTakenError({ queue: this.#queue, keys: [key], othersStand: true })
  }

  // One model without a price holds up none of the others.
  async #priced(page: readonly Parcel[]): Promise<readonly Parcel[]> {
    const { store, prices, clock } = this.#home.half
    const refused = new Set<string>()
    for (const model of new Set(page.map(({ row }) => row.model))) {
      const asked = { queue: this.#queue, models: [model], book: prices, at: clock.now() }
      try {
        await patiently(() => refuseUnpriced(store, asked))
      } catch (error) {
        refused.add(model)
        for (const { call, row } of page) if (row.model === model) this.#onFailed(call, error)
      }
    }
    return page.filter(({ row }) => !refused.has(row.model))
  }
}
