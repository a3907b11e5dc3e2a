import {
  DEFAULT_PROJECT,
  type EpochMs,
  type QueueName,
  type QueuePolicy,
  queueSetting,
  type Store,
  usablePolicy,
} from '@halfrate/core'
import type { PriceBook } from '@halfrate/core/money'
import { checkQueuePolicy } from './check-queue-policy.js'
import { firstPolicyOf, hasFirstPolicy } from './first-policy.js'
import { writeQueuePolicy } from './write-queue-policy.js'

/** Policies that this process has declared; they are written before the first work that they are for. */
export class DeclaredPolicies {
  readonly #store: Store
  readonly #now: () => EpochMs
  readonly #book: PriceBook
  readonly #unwritten = new Map<QueueName, Partial<QueuePolicy>>()

  constructor(store: Store, now: () => EpochMs, book: PriceBook) {
    this.#store = store
    this.#now = now
    this.#book = book
  }

  /**
   * Sets members of a queue's policy with the next {@link write}.
   *
   * @throws {ConfigError} when one can't be used.
   */
  declare(queue: QueueName, changes: Partial<QueuePolicy>): void {
    checkQueuePolicy(changes, this.#now())
    this.#unwritten.set(queue, { ...this.#unwritten.get(queue), ...changes })
  }

  /** Writes what was declared since the last time. What could not be written is tried again by the next call. */
  async write(): Promise<void> {
    for (const [queue, changes] of [...this.#unwritten]) {
      await this.#write(queue, changes)
      if (this.#unwritten.get(queue) === changes) this.#unwritten.delete(queue)
    }
  }

  /** The policy of a queue, by what is declared of it or else stored. Writes nothing. */
  async policyOf(queue: QueueName): Promise<QueuePolicy> {
    const stored = await this.#store.getSetting(queueSetting(DEFAULT_PROJECT, queue))
    return { ...usablePolicy(stored?.value ?? {}), ...this.#unwritten.get(queue) }
  }

  /** Gives the queue of jobs, or that of deferred calls, its first policy, unless somebody has given it one. */
  async writeFirstPolicy(queue: QueueName): Promise<void> {
    if (!hasFirstPolicy(queue)) return
    const stored = await this.#store.getSetting(queueSetting(DEFAULT_PROJECT, queue))
    if (stored === null) await this.#write(queue, { flush: firstPolicyOf(queue).flush })
  }

  async #write(queue: QueueName, changes: Partial<QueuePolicy>): Promise<void> {
    const [store, book] = [this.#store, this.#book]
    await writeQueuePolicy({ store, project: DEFAULT_PROJECT, queue, changes, book })
  }
}
