import { PAST_RUN } from '../past-run.js'
import type { Session } from '../session.js'

/** A run of neighbours in waiting_ranges: one group's requests of one part of a job, or its loose ones. */
export interface WaitingRange {
  readonly account_id: number
  readonly lane_id: number
  readonly batch_limit: number
  readonly job_id: number
  readonly part: number
}

/** Text that limits a statement on `waiting` to one queue's {@link WaitingRange}; binds seven values. */
export const IN_RANGE = `project_id = ? AND queue_id = ? AND account_id = ? AND lane_id = ? AND batch_limit = ? AND job_id = ? AND part = ?`

// Steps from range to range along waiting_ranges, one seek each, however many requests wait in them.
const NEXT = `SELECT account_id, lane_id, batch_limit, job_id, part
  FROM waiting INDEXED BY waiting_ranges
  WHERE project_id = ? AND queue_id = ?
    AND (account_id, lane_id, batch_limit, job_id, part, id) > (?, ?, ?, ?, ?, ${PAST_RUN})
  ORDER BY account_id, lane_id, batch_limit, job_id, part LIMIT 1`

const COMMITTED_PART = 'SELECT committed_part FROM jobs WHERE id = ?'

// Uses waiting_ranges; stops at the first that is due.
const FIRST_DUE = `SELECT id FROM waiting INDEXED BY waiting_ranges
  WHERE ${IN_RANGE} AND not_before <= ? LIMIT 1`

// Uses waiting_delayed: one seek. Requests that were tried before are of committed parts.
const NEXT_DUE = `SELECT min(not_before) AS at FROM waiting INDEXED BY waiting_delayed
  WHERE not_before > 0 AND project_id = ? AND queue_id = ? AND not_before > ?`

/** When the first of a queue's waiting requests becomes due that is not yet; null for none. */
export function nextDueIn(session: Session, projectId: number, queueId: number): number | null {
  const values = [projectId, queueId, session.now()] as const
  return session.db.get<{ at: number | null }>(NEXT_DUE, ...values)?.at ?? null
}

/** A queue's ranges of waiting requests in the order of their groups. Parts that are not committed are left out. */
export function* waitingRanges(
  session: Session,
  projectId: number,
  queueId: number,
): Generator<WaitingRange> {
  let at: WaitingRange | undefined = {
    account_id: 0,
    lane_id: 0,
    batch_limit: 0,
    job_id: 0,
    part: -1,
  }
  for (;;) {
    const { account_id, lane_id, batch_limit, job_id, part }: WaitingRange = at
    at = session.db.get<WaitingRange>(
      NEXT,
      projectId,
      queueId,
      account_id,
      lane_id,
      batch_limit,
      job_id,
      part,
    )
    if (at === undefined) return
    if (isCommitted(session, at)) yield at
  }
}

function isCommitted(session: Session, { job_id, part }: WaitingRange): boolean {
  if (job_id === 0) return true
  return (
    part <=
    (session.db.get<{ committed_part: number }>(COMMITTED_PART, job_id)?.committed_part ?? 0)
  )
}

/** The values that {@link IN_RANGE} binds. */
export function rangeValues(projectId: number, queueId: number, range: WaitingRange): number[] {
  const { account_id, lane_id, batch_limit, job_id, part } = range
  return [projectId, queueId, account_id, lane_id, batch_limit, job_id, part]
}

/** Whether a queue has plannable requests that are due. */
export function hasDueRequests(session: Session, projectId: number, queueId: number): boolean {
  const now = session.now()
  for (const range of waitingRanges(session, projectId, queueId)) {
    const values = rangeValues(projectId, queueId, range)
    if (session.db.get(FIRST_DUE, ...values, now) !== undefined) return true
  }
  return false
}
