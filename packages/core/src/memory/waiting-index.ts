import type { AccountId, ProjectId, QueueName, RequestId } from '../model/ids.js'
import type { StoredRequest } from './stored-request.js'

/** Names the requests that may share batches. */
export interface WaitingGroupKey {
  readonly account: AccountId
  readonly lane: string
  readonly batchLimit: number | null
}

/** Plannable requests of one group, with their wire order kept until a new one joins. */
export class WaitingRows {
  readonly key: WaitingGroupKey
  readonly rows: Map<RequestId, StoredRequest> = new Map()
  #order: readonly RequestId[] | null = null
  #start = 0

  constructor(key: WaitingGroupKey) {
    this.key = key
  }

  add(row: StoredRequest): void {
    if (!this.rows.has(row.request.id)) this.#order = null
    this.rows.set(row.request.id, row)
  }

  /** Rows by (model, prefix, id). */
  *inWireOrder(): Generator<StoredRequest> {
    const order = this.#wireOrder()
    for (let at = this.#start; at < order.length; at += 1) {
      const row = this.rows.get(order[at] as RequestId)
      if (row !== undefined) yield row
      // Rows that were taken from the front are passed once, not at every page.
      else if (at === this.#start) this.#start += 1
    }
  }

  #wireOrder(): readonly RequestId[] {
    if (this.#order !== null) return this.#order
    this.#start = 0
    this.#order = [...this.rows.values()].sort(byWireOrder).map((row) => row.request.id)
    return this.#order
  }
}

function byWireOrder(a: StoredRequest, b: StoredRequest): number {
  if (a.request.model !== b.request.model) return a.request.model < b.request.model ? -1 : 1
  return a.prefixId - b.prefixId || a.request.id - b.request.id
}

/** A queue with plannable requests. */
export interface WaitingQueue {
  readonly project: ProjectId
  readonly queue: QueueName
  readonly groups: Map<string, WaitingRows>
}

/** Plannable requests by queue and group. */
export class WaitingIndex {
  readonly #queues = new Map<string, WaitingQueue>()

  add(row: StoredRequest): void {
    const { project, queue, account, lane, batchLimit } = row.request
    const name = `${project}\n${queue}`
    const entry = this.#queues.get(name) ?? { project, queue, groups: new Map() }
    this.#queues.set(name, entry)
    const key = groupText({ account, lane, batchLimit })
    const group = entry.groups.get(key) ?? new WaitingRows({ account, lane, batchLimit })
    entry.groups.set(key, group)
    group.add(row)
  }

  remove(row: StoredRequest): void {
    const { project, queue } = row.request
    const name = `${project}\n${queue}`
    const entry = this.#queues.get(name)
    const key = groupText(row.request)
    const group = entry?.groups.get(key)
    if (entry === undefined || group === undefined) return
    group.rows.delete(row.request.id)
    if (group.rows.size === 0) entry.groups.delete(key)
    if (entry.groups.size === 0) this.#queues.delete(name)
  }

  queues(): Iterable<WaitingQueue> {
    return this.#queues.values()
  }

  groupsOf(project: ProjectId, queue: QueueName): readonly WaitingRows[] {
    return [...(this.#queues.get(`${project}\n${queue}`)?.groups.values() ?? [])]
  }

  group(project: ProjectId, queue: QueueName, key: WaitingGroupKey): WaitingRows | undefined {
    return this.#queues.get(`${project}\n${queue}`)?.groups.get(groupText(key))
  }
}

function groupText(key: WaitingGroupKey): string {
  return `${key.account}\n${key.batchLimit}\n${key.lane}`
}
