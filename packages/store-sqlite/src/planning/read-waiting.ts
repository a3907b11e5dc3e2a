import type { AccountId, ProjectId, QueueName, RequestId, WaitingRequest } from '@halfrate/core'
import { pageOf, type Session } from '../session.js'

interface WaitingRow {
  readonly id: RequestId
  readonly item_bytes: number
  readonly max_tokens: number
}

const GROUP = `project_id = ? AND queue_id = ? AND account_id = ? AND lane_id = ?
  AND batch_limit = ?`

// Steps from model to model along the primary key, one seek each.
const NEXT_MODEL = `SELECT model_id FROM waiting WHERE ${GROUP} AND model_id > ?
  ORDER BY model_id LIMIT 1`

// A run of the primary key in its own order, so nothing is sorted or looked up.
const READ = `SELECT id, item_bytes, max_tokens FROM waiting
  WHERE ${GROUP} AND model_id = ? AND id <= ? AND not_before <= ?`
const ORDER = 'ORDER BY prefix_id, id LIMIT ?'
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
  const names = [params.project, params.queue, params.account, params.lane]
  const ids = names.map((name) => session.names.find(name))
  if (ids.includes(null)) return []
  const group = [...ids, params.batchLimit ?? 0]
  const limit = pageOf(session, params.limit)
  const isAnyOpen = session.db.get(ANY_OPEN) !== undefined
  const sql = isAnyOpen ? `${READ} ${COMMITTED} ${ORDER}` : `${READ} ${ORDER}`
  const now = session.now()
  const page: WaitingRequest[] = []
  for (const { model, modelId } of modelsOf(session, group)) {
    if (page.length >= limit) break
    const room = limit - page.length
    const rows = session.db.all<WaitingRow>(sql, ...group, modelId, params.maxId, now, room)
    for (const { id, item_bytes, max_tokens } of rows) {
      page.push({ id, model, itemBytes: item_bytes, maxTokens: max_tokens })
    }
  }
  return page
}

// Their numbers follow the order in which they were first seen; the wire follows their names.
function modelsOf(
  session: Session,
  group: readonly (number | null)[],
): readonly { readonly model: string; readonly modelId: number }[] {
  const models: { readonly model: string; readonly modelId: number }[] = []
  let modelId = 0
  for (;;) {
    const next = session.db.get<{ model_id: number }>(NEXT_MODEL, ...group, modelId)
    if (next === undefined) return models.sort((a, b) => (a.model < b.model ? -1 : 1))
    modelId = next.model_id
    models.push({ model: session.names.textOf(modelId), modelId })
  }
}
