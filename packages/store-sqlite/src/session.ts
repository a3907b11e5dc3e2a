import { type EpochMs, type Fence, InvariantError, LeaseLostError } from '@halfrate/core'
import type { Connection, Durability } from './database/connection.js'
import { checkNotNewer } from './database/migrate.js'
import type { Names } from './database/names.js'
import type { EndedRequests } from './ended-requests.js'

/** What every step of the store works with. */
export interface Session {
  /** The writing connection. Steps that decide read here too, since its pages are warm. */
  readonly db: Connection
  /** For what callers read: it neither waits for a write nor makes one wait. In memory it is the same one. */
  readonly reader: Connection
  readonly names: Names
  /** What the step under way has ended so far. */
  readonly ended: EndedRequests
  readonly now: () => EpochMs
  readonly pageLimit: number
}

/** Runs a step that writes: whole, or not at all; and durable when it answers, unless `durability` says later. */
export function write<T>(session: Session, step: () => T, durability?: Durability): T {
  let isCommitted = false
  try {
    const whole = (): T => {
      checkNotNewer(session.db)
      return step()
    }
    const value = session.db.transaction(whole, durability)
    isCommitted = true
    return value
  } finally {
    session.names.settle(isCommitted)
  }
}

/** @throws {InvariantError} when a call brings more rows than one page holds. */
export function checkPage(session: Session, rows: readonly unknown[]): void {
  if (rows.length <= session.pageLimit) return
  throw new InvariantError(`A call takes ${session.pageLimit} rows at most, not ${rows.length}.`)
}

/** The number of rows to answer when `limit` are asked for. */
export function pageOf(session: Session, limit: number): number {
  return Math.max(0, Math.min(limit, session.pageLimit))
}

const FIND_LEASE = 'SELECT epoch FROM leases WHERE resource = ? AND worker_id IS NOT NULL'

/**
 * Passes when a fence is the newest lease of one of the given resources.
 *
 * @throws {LeaseLostError} otherwise.
 */
export function checkFence(session: Session, fence: Fence, ...resources: readonly string[]): void {
  const lease = session.db.get<{ epoch: number }>(FIND_LEASE, fence.resource)
  if (lease?.epoch === fence.epoch && resources.includes(fence.resource)) return
  throw new LeaseLostError(resources.join(' or '))
}
