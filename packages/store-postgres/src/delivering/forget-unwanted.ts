import type { Step } from '../session.js'
import { type QueueNumbers, resourcesOf, subscriptions } from './keep-for-delivery.js'

// Steps from queue to queue along deliveries_due, one seek each.
const QUEUES = `WITH RECURSIVE q AS (
    (SELECT project_id, queue_id FROM deliveries ORDER BY project_id, queue_id LIMIT 1)
    UNION ALL SELECT d.project_id, d.queue_id FROM q CROSS JOIN LATERAL (
      SELECT project_id, queue_id FROM deliveries
      WHERE (project_id, queue_id) > (q.project_id, q.queue_id)
      ORDER BY project_id, queue_id LIMIT 1) d)
  SELECT project_id, queue_id FROM q`
const FORGET = `DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries
  WHERE project_id = $1 AND queue_id = $2 ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)`

/** Removes a page of deliveries that nobody wants any more; answers whether there may be others. */
export async function forgetUnwanted(step: Step): Promise<boolean> {
  const queues = await step.db.all<QueueNumbers>(QUEUES)
  if (queues.length === 0) return false
  const wanted = await subscriptions(step)
  const resources = await resourcesOf(step, queues)
  const unwanted = queues.filter((_, index) => !wanted.has(resources[index] ?? ''))
  for (const { project_id: projectId, queue_id: queueId } of unwanted) {
    const removed = await step.db.run(FORGET, projectId, queueId, step.pageLimit)
    if (removed === step.pageLimit) return true
  }
  return false
}
