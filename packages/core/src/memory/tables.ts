import { InvariantError, LeaseLostError } from '../errors.js'
import type { DeliveryId, RequestId } from '../model/ids.js'
import type { EpochMs } from '../model/time.js'
import type { QuarantinedLine } from '../ports/store-collecting.js'
import type { Fence, Lease } from '../ports/store-leases.js'
import type { Setting } from '../ports/store-upkeep.js'
import { AttemptTable } from './attempt-table.js'
import { ByteTable } from './byte-table.js'
import { JobTable } from './job-table.js'
import { RequestTable } from './request-table.js'
import type { StoredDelivery } from './stored-delivery.js'
import { SubmissionTable } from './submission-table.js'

/** Ids that fit into one millisecond before the range runs ahead of the clock. */
const IDS_PER_MS = 1_024

/** All that the store holds. The functions beside this file read and write it, one call at a time. */
export class Tables {
  readonly now: () => EpochMs
  readonly pageLimit: number
  readonly jobs: JobTable = new JobTable()
  readonly requests: RequestTable = new RequestTable()
  readonly submissions: SubmissionTable = new SubmissionTable()
  readonly attempts: AttemptTable = new AttemptTable()
  readonly bytes: ByteTable = new ByteTable()
  readonly quarantine: Map<string, QuarantinedLine> = new Map()
  readonly leases: Map<string, Lease> = new Map()
  /** The epoch of a resource's newest claim, so that those which waited longest come first. A hint, not a truth. */
  readonly lastClaims: Map<string, number> = new Map()
  /** Settings documents, frozen all the way down, so that nobody can change them from outside. */
  readonly settings: Map<string, Setting> = new Map()
  readonly deliveries: Map<DeliveryId, StoredDelivery> = new Map()
  /** Requests that the step under way has ended. */
  readonly ended: Set<RequestId> = new Set()
  /** Batches of other programs. */
  readonly foreign: Set<string> = new Set()
  /** The newest id that was given out, epochs included. */
  lastId: number

  constructor(options: { now: () => EpochMs; pageLimit: number; lastId: number }) {
    this.now = options.now
    this.pageLimit = options.pageLimit
    this.lastId = options.lastId
  }

  /** Gives out an id. The clock is its floor, so that a store restored from a copy never gives one out twice. */
  nextId<Id extends number>(): Id {
    this.lastId = Math.max(this.lastId + 1, Math.floor(this.now() * IDS_PER_MS))
    return this.lastId as Id
  }

  /** @throws {InvariantError} when a call brings more rows than one page holds. */
  checkPage(rows: readonly unknown[]): void {
    if (rows.length <= this.pageLimit) return
    throw new InvariantError(`A call takes ${this.pageLimit} rows at most, not ${rows.length}.`)
  }

  /** The number of rows to answer when `limit` are asked for. */
  pageOf(limit: number): number {
    return Math.min(limit, this.pageLimit)
  }

  /**
   * Passes when a fence is the newest lease of one of the given resources.
   *
   * @throws {LeaseLostError} otherwise.
   */
  checkFence(fence: Fence, ...resources: readonly string[]): Lease {
    const lease = this.leases.get(fence.resource)
    if (lease?.epoch !== fence.epoch || !resources.includes(fence.resource)) {
      throw new LeaseLostError(resources.join(' or '))
    }
    return lease
  }
}
