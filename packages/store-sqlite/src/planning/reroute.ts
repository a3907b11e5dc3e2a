import {
  type Fence,
  type ProjectId,
  type QueueName,
  queueResource,
  type RequestId,
} from '@halfrate/core'
import { checkFence, checkPage, type Session } from '../session.js'

const KEY = 'project_id, queue_id, account_id, lane_id, batch_limit, model_id, prefix_id, id'

// By the whole primary key, which the request's own row gives. What waits is neither superseded nor to be canceled.
const MOVE = `UPDATE waiting SET lane_id = ?
  WHERE (${KEY}) IN (SELECT ${KEY} FROM requests WHERE id IN (SELECT value FROM json_each(?)))
    AND project_id = ? AND queue_id = ? AND lane_id <> ?
    AND (job_id = 0 OR part <= (SELECT committed_part FROM jobs WHERE jobs.id = waiting.job_id))
  RETURNING id`
const FOLLOW = 'UPDATE requests SET lane_id = ? WHERE id IN (SELECT value FROM json_each(?))'

/** See `PlanningStore.reroute`. */
export function reroute(
  session: Session,
  params: Readonly<{
    fence: Fence
    project: ProjectId
    queue: QueueName
    requestIds: readonly RequestId[]
    lane: string
  }>,
): { readonly moved: number } {
  const { fence, project, queue, requestIds, lane } = params
  checkFence(session, fence, queueResource(project, queue))
  checkPage(session, requestIds)
  const { names, db } = session
  const [projectId, queueId] = [names.find(project), names.find(queue)]
  if (projectId === null || queueId === null) return { moved: 0 }
  const laneId = names.idOf(lane)
  const wanted = JSON.stringify(requestIds)
  const place = [projectId, queueId, laneId]
  const rows = db.all<{ id: number }>(MOVE, laneId, wanted, ...place)
  const ids = rows.map(({ id }) => id)
  if (ids.length > 0) db.run(FOLLOW, laneId, JSON.stringify(ids))
  return { moved: ids.length }
}
