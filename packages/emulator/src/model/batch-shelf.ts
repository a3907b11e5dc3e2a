import { type Batch, endOf, existsAt } from './batch.js'

/** Where a page of batches begins and how long it is. */
export interface ShelfPageParams {
  readonly workspaceId: string
  /** Instant whose state is looked at. Epoch milliseconds. */
  readonly now: number
  /** Most batches. Whole number from 1. */
  readonly limit: number
  readonly afterId: string | null
  readonly beforeId: string | null
}

/** A page of batches, newest first. */
export interface ShelfPage {
  readonly batches: readonly Batch[]
  readonly hasMore: boolean
}

/** All batches, by workspace, in the order of their creation. Deleted ones stay, unseen, for the ledger and as cursors. */
export class BatchShelf {
  readonly #byWorkspace = new Map<string, Batch[]>()
  readonly #byId = new Map<string, Batch>()

  /** Puts a batch where its creation belongs, which for a late acceptance is ahead of now. */
  add(batch: Batch): void {
    const shelf = this.#shelf(batch.workspaceId)
    let at = shelf.length
    while (at > 0 && (shelf[at - 1]?.createdAt ?? 0) > batch.createdAt) at--
    shelf.splice(at, 0, batch)
    this.#byId.set(batch.id, batch)
  }

  /** The batch with this id, whatever its workspace and state. */
  byId(id: string): Batch | null {
    return this.#byId.get(id) ?? null
  }

  /** The batch with this id if its workspace can see it at `now`. */
  find(id: string, workspaceId: string, now: number): Batch | null {
    const batch = this.#byId.get(id)
    if (batch === undefined || batch.workspaceId !== workspaceId) return null
    return existsAt(batch, now) && now >= batch.retrievableAt ? batch : null
  }

  /** Requests in batches that have not ended at `now`. */
  queued(workspaceId: string, now: number): number {
    let queued = 0
    for (const batch of this.#shelf(workspaceId)) {
      if (existsAt(batch, now) && now < endOf(batch)) queued += batch.rows.length
    }
    return queued
  }

  /** A page of what lists show at `now`. A cursor that names no batch of the workspace gives null. */
  page(params: ShelfPageParams): ShelfPage | null {
    const shelf = this.#shelf(params.workspaceId)
    const cursor = params.afterId ?? params.beforeId
    const from = cursor === null ? shelf.length : this.#positionOf(cursor, shelf)
    if (from === null) return null
    const step = params.beforeId === null ? -1 : 1
    const found: Batch[] = []
    for (let at = from + step; at >= 0 && at < shelf.length; at += step) {
      const batch = shelf[at]
      if (batch === undefined || !isListed(batch, params.now)) continue
      if (found.length === params.limit) return { batches: inOrder(found, step), hasMore: true }
      found.push(batch)
    }
    return { batches: inOrder(found, step), hasMore: false }
  }

  #positionOf(id: string, shelf: readonly Batch[]): number | null {
    const batch = this.#byId.get(id)
    const position = batch === undefined ? -1 : shelf.lastIndexOf(batch)
    return position < 0 ? null : position
  }

  #shelf(workspaceId: string): Batch[] {
    const shelf = this.#byWorkspace.get(workspaceId) ?? []
    this.#byWorkspace.set(workspaceId, shelf)
    return shelf
  }
}

function isListed(batch: Batch, now: number): boolean {
  return existsAt(batch, now) && now >= batch.listedAt
}

function inOrder(found: readonly Batch[], step: number): readonly Batch[] {
  return step < 0 ? found : [...found].reverse()
}
