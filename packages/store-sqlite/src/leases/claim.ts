import {
  type ClaimParams,
  type ClaimResult,
  type DeliveryId,
  deliveryResource,
  earliest,
  type Lease,
  type ProjectId,
  type QueueName,
  type SubmissionId,
  singletonResource,
  submissionResource,
  type WorkerId,
} from '@halfrate/core'
import { type AnyText, anyTextOf, textOfAny } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { takeIds } from '../take-ids.js'
import { queuesWithWork } from './queues-with-work.js'

interface LeaseRow {
  readonly worker_id: AnyText | null
  readonly epoch: number
  readonly expires_at: number
}

const READ = 'SELECT worker_id, epoch, expires_at FROM leases WHERE resource = ?'

const TAKE = `INSERT INTO leases (resource, worker_id, epoch, expires_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (resource) DO UPDATE SET
    worker_id = excluded.worker_id, epoch = excluded.epoch, expires_at = excluded.expires_at`

// Uses submissions_due, earliest first; leased ones are passed by, so that a full page of free ones is found.
const DUE = `SELECT s.id FROM submissions s
  LEFT JOIN leases l ON l.resource = 'submission:' || s.id
  WHERE s.next_step_at IS NOT NULL AND s.next_step_at <= ?
    AND (l.worker_id IS NULL OR l.expires_at <= ? OR l.worker_id IN (?, ?))
    AND s.id NOT IN (SELECT value FROM json_each(?))
  ORDER BY s.next_step_at, s.id LIMIT ?`

// Uses deliveries_due, earliest first.
const DUE_DELIVERIES = `SELECT d.id FROM deliveries d INDEXED BY deliveries_due
  LEFT JOIN leases l ON l.resource = 'delivery:' || d.id
  WHERE d.project_id = ? AND d.queue_id = ? AND d.due_at <= ?
    AND (l.worker_id IS NULL OR l.expires_at <= ? OR l.worker_id IN (?, ?))
  ORDER BY d.due_at, d.id LIMIT ?`

// Uses deliveries_due: one seek.
const NEXT_DELIVERY = `SELECT min(due_at) AS at FROM deliveries INDEXED BY deliveries_due
  WHERE project_id = ? AND queue_id = ? AND due_at > ?`

// Uses deliveries_due. As many as are with others.
const HELD_DELIVERIES = `SELECT min(l.expires_at) AS at FROM deliveries d INDEXED BY deliveries_due
  JOIN leases l ON l.resource = 'delivery:' || d.id
  WHERE d.project_id = ? AND d.queue_id = ? AND d.due_at <= ?
    AND l.worker_id IS NOT NULL AND l.expires_at > ? AND l.worker_id NOT IN (?, ?)`

/** See `LeaseStore.claim`. */
export function claim(session: Session, params: ClaimParams): ClaimResult {
  const { work } = params
  switch (work.type) {
    case 'singleton':
      return claimSingleton(session, params, singletonResource(work.name))
    case 'submissions': {
      const due = dueResources(session, params, work.except ?? [])
      return { leases: takeAll(session, params, due), heldBy: null, nextDueAt: null }
    }
    case 'deliveries':
      return claimDeliveries(session, params, work)
    case 'queues':
      return claimQueues(session, params)
  }
}

function claimDeliveries(
  session: Session,
  params: ClaimParams,
  { project, queue }: { readonly project: ProjectId; readonly queue: QueueName },
): ClaimResult {
  const { names, db } = session
  const now = session.now()
  const of = [names.find(project), names.find(queue)]
  const owners = [params.workerId, params.takeOverFrom ?? params.workerId].map(anyTextOf)
  const due = db.all<{ id: DeliveryId }>(DUE_DELIVERIES, ...of, now, now, ...owners, params.limit)
  const nextDueAt =
    due.length >= params.limit
      ? null
      : earliest(
          db.get<AtRow>(NEXT_DELIVERY, ...of, now)?.at ?? null,
          db.get<AtRow>(HELD_DELIVERIES, ...of, now, now, ...owners)?.at ?? null,
        )
  const resources = due.map((row) => deliveryResource(row.id))
  return { leases: takeAll(session, params, resources), heldBy: null, nextDueAt }
}

interface AtRow {
  readonly at: number | null
}

function claimQueues(session: Session, params: ClaimParams): ClaimResult {
  const { resources, laterAt } = queuesWithWork(session)
  const read = resources.map((resource) => ({
    resource,
    row: session.db.get<LeaseRow>(READ, resource),
  }))
  const free = read.filter(({ row }) => isFree(session, row, params))
  const held = read.filter((each) => !free.includes(each))
  const ends = held.map(({ row }) => row?.expires_at ?? null)
  const nextDueAt = free.length >= params.limit ? null : earliest(...laterAt, ...ends)
  const taken = free.slice(0, params.limit).map(({ resource }) => resource)
  return { leases: takeAll(session, params, taken), heldBy: null, nextDueAt }
}

function claimSingleton(session: Session, params: ClaimParams, resource: string): ClaimResult {
  const row = session.db.get<LeaseRow>(READ, resource)
  if (isFree(session, row, params)) {
    return { leases: takeAll(session, params, [resource]), heldBy: null, nextDueAt: null }
  }
  const heldBy = row === undefined ? null : leaseOf(resource, row)
  return { leases: [], heldBy, nextDueAt: null }
}

function dueResources(
  session: Session,
  params: ClaimParams,
  except: readonly SubmissionId[],
): readonly string[] {
  const now = session.now()
  const own = anyTextOf(params.workerId)
  const dead = anyTextOf(params.takeOverFrom ?? params.workerId)
  return session.db
    .all<{ id: SubmissionId }>(DUE, now, now, own, dead, JSON.stringify(except), params.limit)
    .map((row) => submissionResource(row.id))
}

function isFree(session: Session, row: LeaseRow | undefined, params: ClaimParams): boolean {
  if (row === undefined || row.worker_id === null || row.expires_at <= session.now()) return true
  const holder = textOfAny(row.worker_id)
  return holder === params.workerId || holder === params.takeOverFrom
}

// An epoch is an id like any other, so it rises also after a lease was forgotten, and in a restored copy.
function takeAll(
  session: Session,
  params: ClaimParams,
  resources: readonly string[],
): readonly Lease[] {
  if (resources.length === 0) return []
  const expiresAt = session.now() + params.leaseMs
  const first = takeIds(session, resources.length)
  return resources.map((resource, index) => {
    const epoch = first + index
    session.db.run(TAKE, resource, anyTextOf(params.workerId), epoch, expiresAt)
    return { resource, workerId: params.workerId, epoch, expiresAt }
  })
}

function leaseOf(resource: string, row: LeaseRow): Lease {
  const workerId = textOfAny(row.worker_id ?? '') as WorkerId
  return { resource, workerId, epoch: row.epoch, expiresAt: row.expires_at }
}
