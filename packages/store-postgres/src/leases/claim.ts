import {
  type ClaimParams,
  type ClaimResult,
  type DeliveryId,
  deliveryResource,
  type EpochMs,
  type Lease,
  type ProjectId,
  type QueueName,
  type SubmissionId,
  singletonResource,
  submissionResource,
  type WorkerId,
} from '@halfrate/core'
import { arrayOf, numbers } from '../database/binary-format.js'
import { escapedText } from '../database/escaped-text.js'
import type { Session, Step } from '../session.js'
import { queuesWithWork } from './queues-with-work.js'

// Uses submissions_due, earliest first. Leased ones are passed by, so that a full page of free ones is found, and so
// are those that somebody works on or claims at this moment.
const DUE = `SELECT s.id FROM submissions s
  LEFT JOIN leases l ON l.resource = 'submission:' || s.id
  WHERE s.next_step_at IS NOT NULL AND s.next_step_at <= $1
    AND (l.worker_id IS NULL OR l.expires_at <= $1 OR l.worker_id = ANY($2::varchar[]))
    AND s.id <> ALL($4::bigint[])
  ORDER BY s.next_step_at, s.id LIMIT $3 FOR UPDATE OF s SKIP LOCKED`

// Uses deliveries_due; the rest as above.
const DUE_DELIVERIES = `SELECT d.id FROM deliveries d
  LEFT JOIN leases l ON l.resource = 'delivery:' || d.id
  WHERE d.project_id = $4 AND d.queue_id = $5 AND d.due_at <= $1
    AND (l.worker_id IS NULL OR l.expires_at <= $1 OR l.worker_id = ANY($2::varchar[]))
  ORDER BY d.due_at, d.id LIMIT $3 FOR UPDATE OF d SKIP LOCKED`

// An epoch is an id like any other, so it rises also after a lease was forgotten, and in a restored copy. The counter
// stays locked until the claim is over: whoever takes a resource next has a higher one.
const TAKE = `INSERT INTO leases AS l (resource, worker_id, epoch, expires_at)
  SELECT v.resource, $1, v.epoch, $2 FROM unnest($3::text[], $4::bigint[]) v(resource, epoch)
  ORDER BY v.resource
  ON CONFLICT (resource) DO UPDATE SET
    worker_id = excluded.worker_id, epoch = excluded.epoch, expires_at = excluded.expires_at
  WHERE l.worker_id IS NULL OR l.expires_at <= $5 OR l.worker_id = ANY($6::varchar[])
  RETURNING epoch`

interface LeaseRow {
  readonly worker_id: string
  readonly epoch: number
  readonly expires_at: number
}

const HOLDER = `SELECT worker_id, epoch, expires_at FROM leases
  WHERE resource = $1 AND expires_at > $2 AND worker_id <> ALL($3::varchar[])`

// Uses deliveries_due: one seek, and those that are with others.
const NEXT_DELIVERY = `SELECT least(
    (SELECT min(due_at) FROM deliveries WHERE project_id = $1 AND queue_id = $2 AND due_at > $3),
    (SELECT min(l.expires_at) FROM deliveries d JOIN leases l ON l.resource = 'delivery:' || d.id
      WHERE d.project_id = $1 AND d.queue_id = $2 AND d.due_at <= $3
        AND l.worker_id IS NOT NULL AND l.expires_at > $3 AND l.worker_id <> ALL($4::varchar[]))
  ) AS at`

/** See `LeaseStore.claim`. */
export function claim(session: Session, params: ClaimParams): Promise<ClaimResult> {
  const { work } = params
  return session.write(async (step) => {
    const taking = { session, step, params }
    switch (work.type) {
      case 'singleton':
        return claimSingleton(taking, singletonResource(work.name))
      case 'submissions': {
        const leases = await takeAll(taking, await dueResources(step, params, work.except ?? []))
        return { leases, heldBy: null, nextDueAt: null }
      }
      case 'deliveries':
        return claimDeliveries(taking, work)
      case 'queues':
        return claimQueues(taking)
    }
  })
}

async function claimDeliveries(
  taking: Taking,
  { project, queue }: { readonly project: ProjectId; readonly queue: QueueName },
): Promise<ClaimResult> {
  const { step, params } = taking
  const { db, names, now } = step
  const [projectId, queueId] = await names.find(db, [project, queue])
  if (projectId == null || queueId == null) return { leases: [], heldBy: null, nextDueAt: null }
  const owners = ownersOf(params)
  const values = [now, owners, params.limit, projectId, queueId] as const
  const rows = await db.all<{ id: DeliveryId }>(DUE_DELIVERIES, ...values)
  const leases = await takeAll(
    taking,
    rows.map((row) => deliveryResource(row.id)),
  )
  if (rows.length >= params.limit) return { leases, heldBy: null, nextDueAt: null }
  const next = await db.get<{ at: number | null }>(NEXT_DELIVERY, projectId, queueId, now, owners)
  return { leases, heldBy: null, nextDueAt: next?.at ?? null }
}

interface Taking {
  readonly session: Session
  readonly step: Step
  readonly params: ClaimParams
}

// Asked before it is taken, since a lease that is held may be locked by its holder's step.
async function claimSingleton(taking: Taking, resource: string): Promise<ClaimResult> {
  const held = await holderOf(taking, resource)
  if (held !== null) return { leases: [], heldBy: held, nextDueAt: null }
  const leases = await takeAll(taking, [resource])
  const heldBy = leases.length > 0 ? null : await holderOf(taking, resource)
  return { leases, heldBy, nextDueAt: null }
}

async function holderOf({ step, params }: Taking, resource: string): Promise<Lease | null> {
  const values = [escapedText(resource), step.now, ownersOf(params)] as const
  const row = await step.db.get<LeaseRow>(HOLDER, ...values)
  return row === undefined ? null : leaseOf(resource, row)
}

function leaseOf(resource: string, row: LeaseRow): Lease {
  const { worker_id, epoch, expires_at: expiresAt } = row
  return { resource, workerId: worker_id as WorkerId, epoch, expiresAt }
}

async function dueResources(
  { db, now }: Step,
  params: ClaimParams,
  except: readonly SubmissionId[],
): Promise<readonly string[]> {
  const values = [now, ownersOf(params), params.limit, numbers(except)] as const
  const rows = await db.all<{ id: SubmissionId }>(DUE, ...values)
  return rows.map((row) => submissionResource(row.id))
}

// Several workers come to the same queues at once: whoever is late goes on to the next ones.
async function claimQueues(taking: Taking): Promise<ClaimResult> {
  const { limit } = taking.params
  const { free, moreAt } = await queuesWithWork(taking.step, ownersOf(taking.params))
  let left = free
  const leases: Lease[] = []
  while (left.length > 0 && leases.length < limit) {
    const room = limit - leases.length
    leases.push(...(await takeAll(taking, left.slice(0, room))))
    left = left.slice(room)
  }
  const isAll = leases.length < limit && moreAt.length > 0
  return { leases, heldBy: null, nextDueAt: isAll ? Math.min(...moreAt) : null }
}

async function takeAll(
  { session, step, params }: Taking,
  resources: readonly string[],
): Promise<readonly Lease[]> {
  if (resources.length === 0) return []
  const { workerId, leaseMs } = params
  const expiresAt: EpochMs = step.now + leaseMs
  const { first } = (await step.db.get<{ first: number }>(session.idsText(resources.length))) ?? {
    first: 0,
  }
  const epochs = resources.map((_, index) => first + index)
  const taken = await step.db.all<{ epoch: number }>(
    TAKE,
    escapedText(workerId),
    expiresAt,
    arrayOf('text', resources.map(escapedText)),
    numbers(epochs),
    step.now,
    ownersOf(params),
  )
  const won = new Set(taken.map(({ epoch }) => epoch))
  return resources.flatMap((resource, index) => {
    const epoch = first + index
    return won.has(epoch) ? [{ resource, workerId, epoch, expiresAt }] : []
  })
}

// Whose leases count as free: the caller's own, and those of a worker that is known to be dead.
function ownersOf({ workerId, takeOverFrom }: ClaimParams): Buffer {
  return arrayOf('varchar', [workerId, takeOverFrom ?? workerId].map(escapedText))
}
