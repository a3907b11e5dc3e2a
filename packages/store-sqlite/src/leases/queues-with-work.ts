import { type ProjectId, type QueueName, queueResource } from '@halfrate/core'
import { PAST_RUN } from '../past-run.js'
import { hasDueRequests, nextDueIn } from '../planning/waiting-ranges.js'
import type { Session } from '../session.js'

interface QueueRow {
  readonly project_id: number
  readonly queue_id: number
}

// Uses submissions_state.
const FILLING = 'SELECT DISTINCT project_id, queue_id FROM submissions WHERE state = 0'

// Steps from queue to queue along waiting_ranges, one seek each, however many requests wait.
const NEXT_WAITING = `SELECT project_id, queue_id FROM waiting INDEXED BY waiting_ranges
  WHERE (project_id, queue_id, account_id) > (?, ?, ${PAST_RUN})
  ORDER BY project_id, queue_id LIMIT 1`

const LAST_CLAIM = 'SELECT epoch FROM leases WHERE resource = ?'

/** What waits in all queues. */
export interface QueuesWithWork {
  readonly resources: readonly string[]
  /** When requests become due that are not yet. */
  readonly laterAt: readonly number[]
}

/**
 * Queues that are being filled or have plannable requests that are due. Those that were never claimed come first,
 * then the longest unclaimed, so that no queue starves behind busy ones.
 */
export function queuesWithWork(session: Session): QueuesWithWork {
  const { due, laterAt } = waitingQueues(session)
  const rows = [...session.db.all<QueueRow>(FILLING), ...due]
  const resources = new Set(
    rows.map(({ project_id, queue_id }) =>
      queueResource(
        session.names.textOf(project_id) as ProjectId,
        session.names.textOf(queue_id) as QueueName,
      ),
    ),
  )
  const inTurn = [...resources]
    .map((resource) => ({
      resource,
      claimed: session.db.get<{ epoch: number }>(LAST_CLAIM, resource)?.epoch ?? 0,
    }))
    .sort((a, b) => a.claimed - b.claimed || (a.resource < b.resource ? -1 : 1))
    .map(({ resource }) => resource)
  return { resources: inTurn, laterAt }
}

function waitingQueues(session: Session): {
  readonly due: readonly QueueRow[]
  readonly laterAt: readonly number[]
} {
  const due: QueueRow[] = []
  const laterAt: number[] = []
  let at: QueueRow | undefined = { project_id: 0, queue_id: 0 }
  for (;;) {
    at = session.db.get<QueueRow>(NEXT_WAITING, at.project_id, at.queue_id)
    if (at === undefined) return { due, laterAt }
    if (hasDueRequests(session, at.project_id, at.queue_id)) due.push(at)
    const later = nextDueIn(session, at.project_id, at.queue_id)
    if (later !== null) laterAt.push(later)
  }
}
