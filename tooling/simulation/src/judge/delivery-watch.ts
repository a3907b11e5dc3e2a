import {
  DEFAULT_PROJECT,
  type DeliveredRow,
  type QueueName,
  type RequestId,
  type Store,
} from '@halfrate/core'
import type { RequestBook } from '../provider/request-book.js'
import type { Violations } from './violation.js'

/** Watches that handlers get each result of their queue at least once, and nothing else. I12. */
export class DeliveryWatch {
  readonly #queues: ReadonlySet<QueueName>
  readonly #violations: Violations
  readonly #taken = new Set<RequestId>()

  constructor(queues: readonly QueueName[], violations: Violations) {
    this.#queues = new Set(queues)
    this.#violations = violations
  }

  /** A result was handed to the handler of a queue. */
  handed(queue: QueueName, { request }: DeliveredRow): void {
    const { id, state, queue: own } = request
    if (state !== 'done') this.#violations.add('I12', `${id} was handed over and is ${state}.`)
    if (own !== queue || !this.#queues.has(queue)) {
      this.#violations.add('I12', `${id} of ${own} was handed to the handler of ${queue}.`)
    }
  }

  /** A handler has taken a result. */
  took({ request }: DeliveredRow): void {
    this.#taken.add(request.id)
  }

  /** Requests that are done, have a handler, and were taken by none. */
  async missing(store: Store, book: RequestBook): Promise<readonly RequestId[]> {
    if (this.#queues.size === 0) return []
    const found: RequestId[] = []
    for (const { id, isForgotten } of book.all()) {
      if (this.#taken.has(id) || isForgotten === true) continue
      const life = await store.getRequest({ project: DEFAULT_PROJECT, id })
      const isWanted = life !== null && this.#queues.has(life.request.queue)
      if (isWanted && life.request.state === 'done') found.push(id)
    }
    return found
  }
}
