import type {
  AccountId,
  JobId,
  ProjectId,
  QueueName,
  RequestId,
  WaitingRequest,
} from '@halfrate/core'
import { numbers } from '../database/binary-format.js'
import { pageOf, type Session, type Step } from '../session.js'

interface WaitingRow {
  readonly id: RequestId
  readonly job_id: JobId | 0
  readonly item_bytes: number
  readonly max_tokens: number
}

const GROUP = `w.project_id = $1 AND w.queue_id = $2 AND w.account_id = $3 AND w.lane_id = $4
  AND w.batch_limit = $5`

// Steps from model to model along the primary key, one seek each.
const MODELS = `WITH RECURSIVE models (model_id) AS (
    (SELECT w.model_id FROM waiting w WHERE ${GROUP} ORDER BY w.model_id LIMIT 1)
    UNION ALL
    SELECT n.model_id FROM models m CROSS JOIN LATERAL (SELECT w.model_id FROM waiting w
      WHERE ${GROUP} AND w.model_id > m.model_id ORDER BY w.model_id LIMIT 1) n)
  SELECT model_id FROM models`

// A run of the primary key in its own order, so nothing is sorted. Parts that are not committed stand in it too.
const READ = `SELECT w.id, w.job_id, w.item_bytes, w.max_tokens FROM waiting w LEFT JOIN jobs j ON j.id = w.job_id
  WHERE ${GROUP} AND w.model_id = $6 AND w.id <= $7
    AND w.not_before <= $8 AND (w.job_id = 0 OR w.part <= j.committed_part)
    AND w.job_id <> ALL($10::bigint[])
  ORDER BY w.prefix_id, w.id LIMIT $9`

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
): Promise<readonly WaitingRequest[]> {
  return session.read(async (step) => {
    const texts = [params.project, params.queue, params.account, params.lane]
    const ids = await step.names.find(step.db, texts)
    if (ids.includes(null)) return []
    const group = [...(ids as readonly number[]), params.batchLimit ?? 0]
    const limit = pageOf(step, params.limit)
    const except = numbers(params.except ?? [])
    const page: WaitingRequest[] = []
    for (const { model, modelId } of await modelsOf(step, group)) {
      if (page.length >= limit) break
      const bounds = [modelId, params.maxId, step.now, limit - page.length, except]
      for (const row of await step.db.all<WaitingRow>(READ, ...group, ...bounds)) {
        const { id, job_id, item_bytes: itemBytes, max_tokens: maxTokens } = row
        page.push({ id, jobId: job_id === 0 ? null : job_id, model, itemBytes, maxTokens })
      }
    }
    return page
  })
}

// Their numbers follow the order in which they were first seen; the wire follows their names.
async function modelsOf(
  { db, names }: Step,
  group: readonly number[],
): Promise<readonly { readonly model: string; readonly modelId: number }[]> {
  const rows = await db.all<{ model_id: number }>(MODELS, ...group)
  const modelIds = rows.map((row) => row.model_id)
  const nameOf = await names.readerOf(db, modelIds)
  return modelIds
    .map((modelId) => ({ model: nameOf(modelId), modelId }))
    .sort((a, b) => (a.model < b.model ? -1 : 1))
}
