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

const LEASES = `SELECT resource, epoch, worker_id IS NOT NULL AND expires_at > $1
    AND worker_id <> ALL($2::varchar[]) AS is_held
  FROM leases WHERE resource = ANY($3::text[])`

interface LeaseRow {
  readonly resource: string
  readonly epoch: number
  readonly is_held: 0 | 1
}

/**
 * Queues that nobody else holds and that are being filled or have plannable requests that are due. Those that were
 * never claimed come first, then the longest unclaimed, so that no queue starves behind busy ones.
 *
 * @param owners - workers whose leases count as free, as an array of `varchar`.
 */
export async function freeQueuesWithWork(step: Step, owners: Buffer): Promise<readonly string[]> {
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
  const held = new Set(leases.filter((lease) => lease.is_held === 1).map((lease) => lease.resource))
  const epochs = new Map(leases.map((lease) => [lease.resource, lease.epoch]))
  const claimedAt = (resource: string): number => epochs.get(escapedText(resource)) ?? 0
  return resources
    .filter((resource) => !held.has(escapedText(resource)))
    .sort((a, b) => claimedAt(a) - claimedAt(b) || (a < b ? -1 : 1))
}
