import type { ProjectId, QueueName, RequestId } from '@halfrate/core'

/** What the caller of a request knows of it. */
export interface BookedRequest {
  readonly id: RequestId
  readonly key: string
  /** Stands in its params, and must come back in its answer. */
  readonly token: string
  readonly model: string
  /** What its custom ids end in; empty for nothing. */
  readonly tail: string
  /** Base64 of its file, which must come with it; left out when it has none. */
  readonly file?: string
  readonly project: ProjectId
  readonly queue: QueueName
  /** When its store took it in. Virtual time. */
  readonly createdAt: number
  /** Whether its store accepted it for good. */
  isAccepted: boolean
  /** Whether the caller, or a newer version of it, asked for its end. */
  isCanceled: boolean
  /** Its store was put back from a backup that does not have it. */
  isForgotten?: boolean
}

/** The requests of a run, by what their callers know. Kept outside of every store, to judge by. */
export class RequestBook {
  readonly #byId = new Map<RequestId, BookedRequest>()

  /** Notes a request that a store has taken in. */
  add(request: BookedRequest): void {
    if (!this.#byId.has(request.id)) this.#byId.set(request.id, request)
  }

  /** Forgets the promise of all but these; answers how many there were of the others. */
  forget(kept: ReadonlySet<RequestId>): number {
    let count = 0
    for (const request of this.#byId.values()) {
      if (kept.has(request.id) || request.isForgotten === true) continue
      request.isForgotten = true
      request.isAccepted = false
      count += 1
    }
    return count
  }

  get(id: RequestId): BookedRequest | undefined {
    return this.#byId.get(id)
  }

  all(): IterableIterator<BookedRequest> {
    return this.#byId.values()
  }

  /** Those that must end, however it goes. */
  accepted(): readonly BookedRequest[] {
    return [...this.#byId.values()].filter((request) => request.isAccepted)
  }
}
