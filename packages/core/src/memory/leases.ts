import type { SubmissionId, WorkerId } from '../model/ids.js'
import { queueResource, singletonResource, submissionResource } from '../model/resource.js'
import { type EpochMs, earliest } from '../model/time.js'
import type { ClaimParams, ClaimResult, Fence, Lease, Work } from '../ports/store-leases.js'
import { dueDeliveries, laterDeliveries } from './deliveries.js'
import type { Tables } from './tables.js'
import type { WaitingRows } from './waiting-index.js'

const NEXT_KNOWN: readonly Work['type'][] = ['queues', 'deliveries']

/** See {@link LeaseStore.claim}. */
export function claim(tables: Tables, params: ClaimParams): ClaimResult {
  const due = resourcesOf(tables, params.work)
  const free = due.filter((resource) => isFree(tables, resource, params))
  const leases = free.slice(0, params.limit).map((resource) => take(tables, resource, params))
  const held =
    params.work.type === 'singleton' && leases.length === 0
      ? tables.leases.get(singletonResource(params.work.name))
      : undefined
  const isAll = leases.length < params.limit && NEXT_KNOWN.includes(params.work.type)
  const nextDueAt = isAll
    ? earliest(...endsOf(tables, due, free), ...laterOf(tables, params.work))
    : null
  return { leases, heldBy: held ?? null, nextDueAt }
}

// When leases of others end on what is due.
function endsOf(
  tables: Tables,
  due: readonly string[],
  free: readonly string[],
): readonly EpochMs[] {
  const held = due.filter((resource) => !free.includes(resource))
  return held.flatMap((resource) => tables.leases.get(resource)?.expiresAt ?? [])
}

function laterOf(tables: Tables, work: Work): readonly EpochMs[] {
  if (work.type === 'deliveries') return laterDeliveries(tables, work)
  const now = tables.now()
  let firstAt = Number.POSITIVE_INFINITY
  for (const { groups } of tables.requests.waiting.queues()) {
    for (const { rows } of groups.values()) {
      for (const { request } of rows.values()) {
        if (request.notBefore > now) firstAt = Math.min(firstAt, request.notBefore)
      }
    }
  }
  return Number.isFinite(firstAt) ? [firstAt] : []
}

/** See {@link LeaseStore.renew}. */
export function renew(tables: Tables, params: Readonly<{ fence: Fence; leaseMs: number }>): Lease {
  const lease = tables.checkFence(params.fence, params.fence.resource)
  const renewed = Object.freeze({ ...lease, expiresAt: tables.now() + params.leaseMs })
  tables.leases.set(lease.resource, renewed)
  return renewed
}

/** See {@link LeaseStore.release}. */
export function release(tables: Tables, params: Readonly<{ fence: Fence }>): void {
  const lease = tables.leases.get(params.fence.resource)
  if (lease?.epoch === params.fence.epoch) tables.leases.delete(lease.resource)
}

// An epoch is an id like any other: it rises over all resources, also after a lease was given back and forgotten.
function take(tables: Tables, resource: string, params: ClaimParams): Lease {
  const lease: Lease = Object.freeze({
    resource,
    workerId: params.workerId,
    epoch: tables.nextId(),
    expiresAt: tables.now() + params.leaseMs,
  })
  tables.leases.set(resource, lease)
  tables.lastClaims.set(resource, lease.epoch)
  return lease
}

function isFree(
  tables: Tables,
  resource: string,
  params: { readonly workerId: WorkerId; readonly takeOverFrom?: WorkerId | undefined },
): boolean {
  const lease = tables.leases.get(resource)
  if (lease === undefined || lease.expiresAt <= tables.now()) return true
  return lease.workerId === params.workerId || lease.workerId === params.takeOverFrom
}

function resourcesOf(tables: Tables, work: Work): readonly string[] {
  switch (work.type) {
    case 'singleton':
      return [singletonResource(work.name)]
    case 'submissions':
      return dueSubmissions(tables, new Set(work.except))
    case 'queues':
      return queuesWithWork(tables)
    case 'deliveries':
      return dueDeliveries(tables, work)
  }
}

function dueSubmissions(tables: Tables, except: ReadonlySet<SubmissionId>): readonly string[] {
  const now = tables.now()
  return [...tables.submissions.scheduled]
    .filter((id) => !except.has(id))
    .map((id) => tables.submissions.need(id))
    .filter((submission) => submission.nextStepAt !== null && submission.nextStepAt <= now)
    .sort((a, b) => (a.nextStepAt ?? 0) - (b.nextStepAt ?? 0) || a.id - b.id)
    .map((submission) => submissionResource(submission.id))
}

// Those that were never claimed come first, then the longest unclaimed, so that no queue starves behind busy ones.
function queuesWithWork(tables: Tables): readonly string[] {
  const now = tables.now()
  const resources = new Set<string>()
  for (const id of tables.submissions.filling) {
    const { project, queue } = tables.submissions.need(id)
    resources.add(queueResource(project, queue))
  }
  for (const { project, queue, groups } of tables.requests.waiting.queues()) {
    const isDue = [...groups.values()].some((group) => hasDue(group, now))
    if (isDue) resources.add(queueResource(project, queue))
  }
  const claimOf = (resource: string): number => tables.lastClaims.get(resource) ?? 0
  return [...resources].sort((a, b) => claimOf(a) - claimOf(b) || (a < b ? -1 : 1))
}

function hasDue(group: WaitingRows, now: EpochMs): boolean {
  for (const row of group.rows.values()) {
    if (row.request.notBefore <= now) return true
  }
  return false
}
