import type { In, Out } from '../in-out.js'
import { resourceOf } from '../keys.js'
import { changeRequest } from '../rows/change.js'
import { loadRequests } from '../rows/load-requests.js'
import { isPlannable } from '../rows/stored-request.js'
import type { Session } from '../session.js'

/** See `PlanningStore.reroute`. Where it waits follows from its record. */
export function reroute(session: Session, params: In<'reroute'>): Promise<Out<'reroute'>> {
  const { fence, project, queue, requestIds, lane } = params
  return session.step(async (step) => {
    await step.fence(fence, resourceOf(params))
    session.checkPage(requestIds)
    await loadRequests(step, requestIds)
    let moved = 0
    for (const id of requestIds) {
      const row = step.requests.get(id)
      if (row === null || !isPlannable(row) || row.request.lane === lane) continue
      if (row.request.project !== project || row.request.queue !== queue) continue
      changeRequest(step, id, { lane })
      moved += 1
    }
    return { moved }
  })
}
