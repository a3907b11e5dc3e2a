import type { QueueName, Store } from '@halfrate/core'
import { writeSubscription } from './write-subscription.js'

/**
 * Whether the store keeps a queue's results, as far as this process has a say in it. One write follows the other, so an end
 * and a new beginning never overtake each other.
 */
export class KeptQueue {
  readonly #store: Store
  readonly #queue: QueueName
  readonly #isWanted: () => boolean
  #last: Promise<void> = Promise.resolve()
  #next: Promise<void> | null = null
  #seenVersion: number | null = null

  /** @param params - `isWanted`: whether a handler of this process is for the queue; asked at each write. */
  constructor(params: Readonly<{ store: Store; queue: QueueName; isWanted: () => boolean }>) {
    this.#store = params.store
    this.#queue = params.queue
    this.#isWanted = params.isWanted
  }

  /**
   * Makes the store say what is wanted. It is asked each time: another process may have ended what this one has begun.
   *
   * @throws {StoreUnavailableError} when the store did not answer; ask again.
   */
  write(): Promise<void> {
    // Who comes before it has begun shares it: it will see all that was done by then.
    if (this.#next !== null) return this.#next
    const next = this.#last.then(() => this.#write())
    this.#next = next
    this.#last = next.catch(() => undefined)
    return next
  }

  async #write(): Promise<void> {
    this.#next = null
    this.#seenVersion = await writeSubscription(this.#store, {
      queue: this.#queue,
      isWanted: this.#isWanted(),
      seenVersion: this.#seenVersion,
    })
  }
}
