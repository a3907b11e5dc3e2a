import type {
  AccountId,
  JobId,
  ProjectId,
  QueueName,
  RequestId,
  WaitingRequest,
} from '@halfrate/core'
import { pageOf, type Session } from '../session.js'

interface WaitingRow {
  readonly id: RequestId
  readonly job_id: JobId | 0
  readonly item_bytes: number
  readonly max_tokens: number
}

const GROUP = `project_id = ? AND queue_id = ? AND account_id = ? AND lane_id = ?
  AND batch_limit = ?`

// Steps from model to model along the primary key, one seek each.
const NEXT_MODEL = `SELECT model_id FROM waiting WHERE ${GROUP} AND model_id > ?
  ORDER BY model_id LIMIT 1`

// A run of the primary key in its own order, so nothing is sorted or looked up.
const READ = `SELECT id, job_id, item_bytes, max_tokens FROM waiting
  WHERE ${GROUP} AND model_id = ? AND id <= ? AND not_before <= ?`
const ORDER = 'ORDER BY prefix_id, id LIMIT ?'
// Only while some job has an open part, whose requests stand in the same run.
const COMMITTED = `AND (job_id = 0
  OR part <= (SELECT committed_part FROM jobs WHERE jobs.id = waiting.job_id))`
// Only while a job waits for something of its own.
const NOT_EXCEPT = 'AND job_id NOT IN (SELECT value FROM json_each(?))'

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
    except?: readonly JobId[] | undefined
  }>,
): readonly WaitingRequest[] {
  const names = [params.project, params.queue, params.account, params.lane]
  const ids = names.map((name) => session.names.find(name))
  if (ids.includes(null)) return []
  const group = [...ids, params.batchLimit ?? 0]
  const limit = pageOf(session, params.limit)
  const isAnyOpen = session.db.get(ANY_OPEN) !== undefined
  const { except: left = [] } = params
  const except = left.length === 0 ? [] : [JSON.stringify(left)]
  const sql = [READ, isAnyOpen ? COMMITTED : '', ...except.map(() => NOT_EXCEPT), ORDER].join(' ')
  const now = session.now()
  const page: WaitingRequest[] = []
  for (const { model, modelId } of modelsOf(session, group)) {
    if (page.length >= limit) break
    const room = limit - page.length
    const values = [modelId, params.maxId, now, ...except, room]
    const rows = session.db.all<WaitingRow>(sql, ...group, ...values)
    for (const { id, job_id, item_bytes, max_tokens } of rows) {
      const jobId = job_id === 0 ? null : job_id
      page.push({ id, jobId, model, itemBytes: item_bytes, maxTokens: max_tokens })
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
