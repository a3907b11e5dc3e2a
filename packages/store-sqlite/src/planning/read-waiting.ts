import type { AccountId, ProjectId, QueueName, RequestId, WaitingRequest } from '@halfrate/core'
import { type AnyText, textOfAny } from '@halfrate/store-sql'
import { pageOf, type Session } from '../session.js'

interface WaitingRow {
  readonly id: RequestId
  readonly model: AnyText
  readonly item_bytes: number
  readonly max_tokens: number
}

// A run of the primary key in its own order, so nothing is sorted or looked up.
const READ = `SELECT id, model, item_bytes, max_tokens FROM waiting
  WHERE project_id = ? AND queue_id = ? AND account_id = ? AND lane_id = ? AND batch_limit = ?
    AND id <= ? AND not_before <= ?`
const ORDER = 'ORDER BY model, prefix_id, id LIMIT ?'
// Only while some job has an open part, whose requests stand in the same run.
const COMMITTED = `AND (job_id = 0
  OR part <= (SELECT committed_part FROM jobs WHERE jobs.id = waiting.job_id))`

// Uses jobs_open, which is empty most of the time.
const ANY_OPEN = 'SELECT 1 FROM jobs WHERE open_part > committed_part LIMIT 1'

/** See `PlanningStore.readWaiting`. */
export function readWaiting(
  session: Session,
  params: Readonly<{
    project: ProjectId
    queue: QueueName
    account: AccountId
    lane: string
    batchLimit: number | null
    maxId: number
    limit: number
  }>,
): readonly WaitingRequest[] {
  const ids = [params.project, params.queue, params.account, params.lane].map((name) =>
    session.names.find(name),
  )
  if (ids.includes(null)) return []
  const isAnyOpen = session.db.get(ANY_OPEN) !== undefined
  const sql = isAnyOpen ? `${READ} ${COMMITTED} ${ORDER}` : `${READ} ${ORDER}`
  const rows = session.db.all<WaitingRow>(
    sql,
    ...ids,
    params.batchLimit ?? 0,
    params.maxId,
    session.now(),
    pageOf(session, params.limit),
  )
  return rows.map(({ id, model, item_bytes, max_tokens }) => ({
    id,
    model: textOfAny(model),
    itemBytes: item_bytes,
    maxTokens: max_tokens,
  }))
}
