import { PAST_RUN } from '../past-run.js'
import type { Session } from '../session.js'
import { resourceOf, subscriptions } from './keep-for-delivery.js'

interface QueueRow {
  readonly project_id: number
  readonly queue_id: number
}

// Steps from queue to queue along deliveries_due, one seek each.
const NEXT = `SELECT project_id, queue_id FROM deliveries INDEXED BY deliveries_due
  WHERE (project_id, queue_id, due_at) > (?, ?, ${PAST_RUN}) ORDER BY project_id, queue_id LIMIT 1`
const FORGET = `DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries INDEXED BY deliveries_due
  WHERE project_id = ? AND queue_id = ? LIMIT ?)`

/** Removes a page of deliveries that nobody wants any more; answers whether there may be others. */
export function forgetUnwanted(session: Session): boolean {
  let at: QueueRow | undefined = { project_id: 0, queue_id: 0 }
  for (;;) {
    at = session.db.get<QueueRow>(NEXT, at.project_id, at.queue_id)
    if (at === undefined) return false
    if (subscriptions(session).has(resourceOf(session, at))) continue
    const { project_id: projectId, queue_id: queueId } = at
    const removed = session.db.run(FORGET, projectId, queueId, session.pageLimit)
    if (removed === session.pageLimit) return true
  }
}
