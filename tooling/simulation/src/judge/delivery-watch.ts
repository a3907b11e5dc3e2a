import type { DeliveredRow, RequestId, Store } from '@halfrate/core'
import type { RequestBook } from '../provider/request-book.js'
import type { QueueOf } from '../scenario/handlers.js'
import type { Violations } from './violation.js'

/** Watches that handlers get each result of their queue at least once, and nothing else. I12. */
export class DeliveryWatch {
  readonly #queues: readonly QueueOf[]
  readonly #violations: Violations
  readonly #taken = new Set<RequestId>()

  constructor(queues: readonly QueueOf[], violations: Violations) {
    this.#queues = queues
    this.#violations = violations
  }

  /** A result was handed to the handler of a queue. */
  handed({ project, queue }: QueueOf, { request }: DeliveredRow): void {
    const { id, state } = request
    if (state !== 'done') this.#violations.add('I12', `${id} was handed over and is ${state}.`)
    const isTheirs = request.project === project && request.queue === queue
    if (isTheirs && this.#isHandled(request)) return
    const message = `${id} of ${request.project}/${request.queue} was handed to the handler of ${project}/${queue}.`
    this.#violations.add('I12', message)
  }

  /** A handler has taken a result. */
  took({ request }: DeliveredRow): void {
    this.#taken.add(request.id)
  }

  /** Requests that are done, have a handler, and were taken by none. */
  async missing(store: Store, book: RequestBook): Promise<readonly RequestId[]> {
    if (this.#queues.length === 0) return []
    const found: RequestId[] = []
    for (const { id, project, isForgotten } of book.all()) {
      if (this.#taken.has(id) || isForgotten === true) continue
      const life = await store.getRequest({ project, id })
      const isWanted = life !== null && this.#isHandled(life.request)
      if (isWanted && life.request.state === 'done') found.push(id)
    }
    return found
  }

  #isHandled({ project, queue }: QueueOf): boolean {
    return this.#queues.some((each) => each.project === project && each.queue === queue)
  }
}
