import {
  type Fence,
  type ProjectId,
  type QueueName,
  queueResource,
  type RequestId,
} from '@halfrate/core'
import { numbers } from '../database/binary-format.js'
import { lockRows } from '../requests/lock-requests.js'
import { enqueue, IS_WAITING_ROW } from '../requests/waiting.js'
import { checkFence, checkPage, type Session } from '../session.js'

// By the whole primary key, which the request's own row gives. What waits is neither superseded nor to be canceled.
const LEAVE = `WITH r AS MATERIALIZED (SELECT * FROM requests WHERE id = ANY($1::bigint[])
      AND project_id = $2 AND queue_id = $3 AND lane_id <> $4)
  DELETE FROM waiting w USING r WHERE ${IS_WAITING_ROW}
    AND (w.job_id = 0 OR w.part <= (SELECT j.committed_part FROM jobs j WHERE j.id = w.job_id))
  RETURNING w.id`
const MOVE = 'UPDATE requests SET lane_id = $2 WHERE id = ANY($1::bigint[])'

/** See `PlanningStore.reroute`. */
export async function reroute(
  session: Session,
  params: Readonly<{
    fence: Fence
    project: ProjectId
    queue: QueueName
    requestIds: readonly RequestId[]
    lane: string
  }>,
): Promise<{ readonly moved: number }> {
  const { fence, project, queue, requestIds, lane } = params
  const [projectId = 0, queueId = 0, laneId = 0] = await session.idsOf(project, queue, lane)
  return session.write(async (step) => {
    await checkFence(step, fence, queueResource(project, queue))
    checkPage(step, requestIds)
    await lockRows(step, requestIds)
    const place = [projectId, queueId, laneId]
    const rows = await step.db.all<{ id: number }>(LEAVE, numbers(requestIds), ...place)
    const ids = rows.map(({ id }) => id)
    if (ids.length === 0) return { moved: 0 }
    await step.db.run(MOVE, numbers(ids), laneId)
    await enqueue(step, ids)
    return { moved: ids.length }
  })
}
