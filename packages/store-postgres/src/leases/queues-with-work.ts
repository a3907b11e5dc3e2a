import { type ProjectId, type QueueName, queueResource } from '@halfrate/core'
import { arrayOf } from '../database/binary-format.js'
import { escapedText } from '../database/escaped-text.js'
import { COMMITTED_RANGES, IN_RANGE, RANGES } from '../planning/waiting-ranges.js'
import type { Step } from '../session.js'

interface QueueRow {
  readonly project_id: number
  readonly queue_id: number
}

// Filling ones by submissions_state. Waiting ones by stepping from range to range, however many requests wait; the
// first that is due ends the look into one.
const WITH_WORK = `WITH RECURSIVE ${RANGES}
  SELECT project_id, queue_id FROM submissions WHERE state = 0
  UNION
  SELECT g.project_id, g.queue_id FROM ${COMMITTED_RANGES}
  WHERE EXISTS (SELECT 1 FROM waiting w WHERE ${IN_RANGE} AND w.not_before <= $1)`

// Uses waiting_delayed: from queue to queue by one seek each, and one more in each of them. Requests that were tried before
// are of committed parts.
const NEXT_DUE = `WITH RECURSIVE queues AS (
    (SELECT project_id, queue_id FROM waiting WHERE not_before > 0
      ORDER BY project_id, queue_id LIMIT 1)
    UNION ALL
    SELECT n.* FROM queues q CROSS JOIN LATERAL (
      SELECT project_id, queue_id FROM waiting
      WHERE not_before > 0 AND (project_id, queue_id) > (q.project_id, q.queue_id)
      ORDER BY project_id, queue_id LIMIT 1) n)
  SELECT min(d.at) AS at FROM queues q CROSS JOIN LATERAL (
    SELECT min(w.not_before) AS at FROM waiting w
    WHERE w.not_before > 0 AND w.project_id = q.project_id AND w.queue_id = q.queue_id
      AND w.not_before > $1) d`

const LEASES = `SELECT resource, epoch, expires_at, worker_id IS NOT NULL AND expires_at > $1
    AND worker_id <> ALL($2::varchar[]) AS is_held
  FROM leases WHERE resource = ANY($3::text[])`

interface LeaseRow {
  readonly resource: string
  readonly epoch: number
  readonly expires_at: number
  readonly is_held: 0 | 1
}

/** What there is to plan. */
export interface QueuesWithWork {
  readonly free: readonly string[]
  /** When there is more: requests become due, or leases of others on what is due end. */
  readonly moreAt: readonly number[]
}

/**
 * Queues that nobody else holds and that are being filled or have plannable requests that are due. Those that were
 * never claimed come first, then the longest unclaimed, so that no queue starves behind busy ones.
 *
 * @param owners - workers whose leases count as free, as an array of `varchar`.
 */
export async function queuesWithWork(step: Step, owners: Buffer): Promise<QueuesWithWork> {
  const rows = await step.db.all<QueueRow>(WITH_WORK, step.now)
  const ids = rows.flatMap((row) => [row.project_id, row.queue_id])
  const nameOf = await step.names.readerOf(step.db, ids)
  const resources = rows.map((row) =>
    queueResource(nameOf(row.project_id) as ProjectId, nameOf(row.queue_id) as QueueName),
  )
  const leases = await step.db.all<LeaseRow>(
    LEASES,
    step.now,
    owners,
    arrayOf('text', resources.map(escapedText)),
  )
  const heldLeases = leases.filter((lease) => lease.is_held === 1)
  const held = new Set(heldLeases.map((lease) => lease.resource))
  const epochs = new Map(leases.map((lease) => [lease.resource, lease.epoch]))
  const claimedAt = (resource: string): number => epochs.get(escapedText(resource)) ?? 0
  const free = resources
    .filter((resource) => !held.has(escapedText(resource)))
    .sort((a, b) => claimedAt(a) - claimedAt(b) || (a < b ? -1 : 1))
  const next = await step.db.get<{ at: number | null }>(NEXT_DUE, step.now)
  const ends = heldLeases.map((lease) => lease.expires_at)
  return { free, moreAt: next?.at == null ? ends : [...ends, next.at] }
}
