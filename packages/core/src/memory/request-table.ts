import { InvariantError } from '../errors.js'
import type { JobId, RequestId } from '../model/ids.js'
import type { Request } from '../model/request.js'
import { isPlannable, keyOf, type StoredRequest } from './stored-request.js'
import { WaitingIndex } from './waiting-index.js'

/** Requests by id, with the indexes that planning, keys and sweeping need. Rows are replaced, never changed. */
export class RequestTable {
  readonly waiting: WaitingIndex = new WaitingIndex()
  /** Superseded requests that are not done. */
  readonly superseded: Set<RequestId> = new Set()
  readonly #rows = new Map<RequestId, StoredRequest>()
  readonly #newest = new Map<string, RequestId>()
  readonly #byJob = new Map<JobId, Set<RequestId>>()
  readonly #openByJob = new Map<JobId, number>()

  get(id: RequestId): StoredRequest | undefined {
    return this.#rows.get(id)
  }

  /** @throws {InvariantError} when there is none. */
  need(id: RequestId): StoredRequest {
    const row = this.#rows.get(id)
    if (row === undefined) throw new InvariantError(`There is no request ${id}.`)
    return row
  }

  /** All rows by ascending id. */
  all(): Iterable<StoredRequest> {
    return this.#rows.values()
  }

  /** Ids of a job's requests, of all parts, ascending. */
  ofJob(jobId: JobId): Iterable<RequestId> {
    return this.#byJob.get(jobId) ?? []
  }

  /** Accepted requests of a job that are not done. */
  openOfJob(jobId: JobId): number {
    return this.#openByJob.get(jobId) ?? 0
  }

  newestUnder(key: string): StoredRequest | undefined {
    const id = this.#newest.get(key)
    return id === undefined ? undefined : this.#rows.get(id)
  }

  /** Adds a row; it becomes the newest under its key. */
  insert(row: StoredRequest): void {
    this.#newest.set(keyOf(row), row.request.id)
    this.#write(row)
    const { jobId, id } = row.request
    if (jobId !== null) this.#byJob.set(jobId, (this.#byJob.get(jobId) ?? new Set()).add(id))
  }

  /** Changes columns of the request, and of what the store knows of it. */
  update(
    id: RequestId,
    changes: Partial<Request>,
    stored: Partial<Omit<StoredRequest, 'request'>> = {},
  ): Request {
    const old = this.need(id)
    const request = Object.freeze({ ...old.request, ...changes })
    this.#write({ ...old, ...stored, request })
    return request
  }

  /** Removes a row; what it took the place of is the newest under its key again. */
  remove(id: RequestId): void {
    const row = this.need(id)
    this.#unlink(row)
    this.#rows.delete(id)
    if (row.request.jobId !== null) this.#byJob.get(row.request.jobId)?.delete(id)
    if (row.supersedes === null) {
      this.#newest.delete(keyOf(row))
    } else {
      this.#newest.set(keyOf(row), row.supersedes)
      this.update(row.supersedes, { supersededBy: null })
    }
  }

  #write(row: StoredRequest): void {
    const frozen = Object.freeze(row)
    const old = this.#rows.get(row.request.id)
    if (old !== undefined) this.#unlink(old)
    this.#rows.set(row.request.id, frozen)
    if (isPlannable(frozen)) this.waiting.add(frozen)
    if (isOpenSuperseded(frozen)) this.superseded.add(row.request.id)
    this.#countOpen(frozen, 1)
  }

  #unlink(row: StoredRequest): void {
    if (isPlannable(row)) this.waiting.remove(row)
    this.superseded.delete(row.request.id)
    this.#countOpen(row, -1)
  }

  #countOpen(row: StoredRequest, by: number): void {
    const { jobId, state } = row.request
    if (jobId === null || !row.accepted || state === 'done') return
    this.#openByJob.set(jobId, this.openOfJob(jobId) + by)
  }
}

function isOpenSuperseded(row: StoredRequest): boolean {
  return row.request.supersededBy !== null && row.request.state !== 'done'
}
