import {
  type DeliveredRow,
  type Delivery,
  type DeliveryId,
  type DeliveryPage,
  deliveryOfResource,
  MINUTE_MS,
  type NotTaken,
  type RequestId,
  type Store,
  type WorkerId,
} from '@halfrate/core'
import type { QueueOf } from '../scenario/handlers.js'
import type { Violations } from './violation.js'

/** An acknowledgement that took effect, as far as it is watched. */
export interface Acknowledged {
  readonly deliveryId: DeliveryId
  readonly position: number
  readonly notTaken: NotTaken | null
}

// Where a request was last seen, and what became of it there.
interface Seen {
  readonly deliveryId: DeliveryId
  readonly tries: number
  readonly createdAt: number
  readonly state: 'handed' | 'put_aside' | 'taken'
}

interface Progress {
  readonly ids: (RequestId | undefined)[]
  position: number
}

/**
 * Watches that a request has one event: it becomes part of a delivery once, when it is done, and of another one only when
 * its handler did not take it. The same delivery may come as often as it likes. I12.
 */
export class EventWatch {
  readonly #queues: ReadonlySet<string>
  readonly #violations: Violations
  readonly #seen = new Map<RequestId, Seen>()
  readonly #progress = new Map<DeliveryId, Progress>()
  #isRestored = false

  /** `queues` are those whose results somebody wants. */
  constructor(queues: readonly QueueOf[], violations: Violations) {
    this.#queues = new Set(queues.map(nameOf))
    this.#violations = violations
  }

  /** Forgets what was seen: the store is another one. */
  restart(): void {
    this.#seen.clear()
    this.#progress.clear()
    this.#isRestored = true
  }

  /** Part of a delivery was read. */
  read(page: DeliveryPage | null): void {
    if (page === null) return
    const { delivery, rows } = page
    const progress = this.#progress.get(delivery.id) ?? { ids: [], position: delivery.position }
    this.#progress.set(delivery.id, progress)
    for (const row of rows) {
      progress.ids[row.place] = row.request.id
      this.#seeRow(delivery, row)
    }
  }

  /** A delivery was moved on: what was passed and not put aside was taken. */
  acknowledged({ deliveryId, position, notTaken }: Acknowledged): void {
    const progress = this.#progress.get(deliveryId)
    if (progress === undefined) return
    const aside = new Set(notTaken?.requestIds)
    for (const id of progress.ids.slice(progress.position, position)) {
      const seen = id === undefined ? undefined : this.#seen.get(id)
      if (id === undefined || seen?.deliveryId !== deliveryId) continue
      this.#seen.set(id, { ...seen, state: aside.has(id) ? 'put_aside' : 'taken' })
    }
    progress.position = Math.max(progress.position, position)
  }

  /** Reads what is left to be handed over in any of the queues at the end, as one more worker would. */
  async readLeft(store: Store, queues: readonly QueueOf[]): Promise<void> {
    const { pageLimit } = store.traits
    for (const of of queues) {
      const { leases } = await store.claim({
        work: { type: 'deliveries', ...of },
        workerId: 'judge' as WorkerId,
        leaseMs: MINUTE_MS,
        limit: 1_000,
      })
      for (const { resource } of leases) {
        const deliveryId = deliveryOfResource(resource)
        for (let from: number | null = null; deliveryId !== null; ) {
          const page = await store.readDelivery({ deliveryId, from, limit: pageLimit })
          this.read(page)
          if (page === null || page.next >= page.delivery.count) break
          from = page.next
        }
      }
    }
  }

  #seeRow(delivery: Delivery, { request }: DeliveredRow): void {
    const { id, state } = request
    const { id: deliveryId, tries, createdAt } = delivery
    if (state !== 'done') this.#add(id, `has an event and is ${state}`)
    if (nameOf(request) !== nameOf(delivery) || !this.#queues.has(nameOf(request))) {
      this.#add(id, `of ${nameOf(request)} has an event of ${nameOf(delivery)}`)
    }
    const before = this.#seen.get(id)
    if (before?.deliveryId === deliveryId) return
    this.#seen.set(id, { deliveryId, tries, createdAt, state: 'handed' })
    if (before === undefined) {
      const isFirst = tries === 0 || this.#isRestored
      if (!isFirst) this.#add(id, `is in delivery ${deliveryId}, which comes of no other`)
      return
    }
    const isSameEvent = tries === before.tries + 1 && createdAt === before.createdAt
    if (before.state === 'put_aside' && isSameEvent) return
    const { deliveryId: first, state: fate } = before
    this.#add(id, `has two events: it was ${fate} in delivery ${first}, and is in ${deliveryId}`)
  }

  #add(id: RequestId, message: string): void {
    this.#violations.add('I12', `Request ${id} ${message}.`)
  }
}

function nameOf({ project, queue }: QueueOf): string {
  return `${project}/${queue}`
}
