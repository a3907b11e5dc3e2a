import type { ProjectId, QueueName, RequestId } from '../model/ids.js'
import { queueResource } from '../model/resource.js'
import type { Fence } from '../ports/store-leases.js'
import { isPlannable } from './stored-request.js'
import type { Tables } from './tables.js'

/** See {@link PlanningStore.reroute}. */
export function reroute(
  tables: Tables,
  params: Readonly<{
    fence: Fence
    project: ProjectId
    queue: QueueName
    requestIds: readonly RequestId[]
    lane: string
  }>,
): { readonly moved: number } {
  const { fence, project, queue, requestIds, lane } = params
  tables.checkFence(fence, queueResource(project, queue))
  tables.checkPage(requestIds)
  let moved = 0
  for (const id of requestIds) {
    const row = tables.requests.get(id)
    if (row === undefined || !isPlannable(row) || row.request.lane === lane) continue
    if (row.request.project !== project || row.request.queue !== queue) continue
    tables.requests.update(id, { lane })
    moved += 1
  }
  return { moved }
}
