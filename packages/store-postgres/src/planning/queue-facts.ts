import type {
  AccountId,
  JobId,
  ProjectId,
  QueueFacts,
  QueueName,
  WaitingGroup,
} from '@halfrate/core'
import type { SubmissionsTable } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { grouped } from '../grouped.js'
import type { Session, Step } from '../session.js'
import { submissionsOfRows } from '../submissions.js'
import { COMMITTED_RANGES, IN_RANGE, RANGES_OF_QUEUE } from './waiting-ranges.js'

interface RangeRow {
  readonly account_id: number
  readonly lane_id: number
  readonly batch_limit: number
  readonly job_id: number
  readonly part: number
  readonly oldest_at: number
  readonly max_id: number
}

const DUE_IN_RANGE = `FROM waiting w WHERE ${IN_RANGE} AND w.not_before <= $3`

// The order of ids is the order of age: the oldest and the highest id are one seek each from the ends of a range.
const FIND_RANGES = `WITH RECURSIVE ${RANGES_OF_QUEUE}
  SELECT g.account_id, g.lane_id, g.batch_limit, g.job_id, g.part, o.created_at AS oldest_at, n.id AS max_id
  FROM ${COMMITTED_RANGES}
  CROSS JOIN LATERAL (SELECT w.created_at ${DUE_IN_RANGE} ORDER BY w.id LIMIT 1) o
  CROSS JOIN LATERAL (SELECT w.id ${DUE_IN_RANGE} ORDER BY w.id DESC LIMIT 1) n
  ORDER BY g.account_id, g.lane_id, g.batch_limit, g.job_id, g.part`

// Range by range, in their order; the last limit ends it when there are enough.
const COUNT = `SELECT count(*) AS count, coalesce(sum(item_bytes), 0) AS bytes FROM (
  SELECT d.item_bytes FROM unnest($7::bigint[], $8::bigint[]) WITH ORDINALITY j(job_id, part, place)
  CROSS JOIN LATERAL (SELECT w.item_bytes FROM waiting w
    WHERE w.project_id = $1 AND w.queue_id = $2 AND w.account_id = $4 AND w.lane_id = $5
      AND w.batch_limit = $6 AND w.job_id = j.job_id AND w.part = j.part AND w.not_before <= $3
    ORDER BY w.id LIMIT $9) d
  LIMIT $9) c`

// Uses waiting_delayed: one seek. Requests that were tried before are of committed parts.
const NEXT_DUE = `SELECT min(not_before) AS at FROM waiting
  WHERE not_before > 0 AND project_id = $1 AND queue_id = $2 AND not_before > $3`

// Uses submissions_queue.
const FILLING = `SELECT * FROM submissions
  WHERE project_id = $1 AND queue_id = $2 AND state = 0 ORDER BY id`

type FactsParams = Readonly<{
  project: ProjectId
  queue: QueueName
  upTo: number
  except?: readonly JobId[] | undefined
}>

/** See `PlanningStore.queueFacts`. */
export function queueFacts(session: Session, params: FactsParams): Promise<QueueFacts> {
  return session.read((step) => queueFactsIn(step, params))
}

/** The same in a step that does more. */
export async function queueFactsIn(step: Step, params: FactsParams): Promise<QueueFacts> {
  const { db, names, now } = step
  const [projectId, queueId] = await names.find(db, [params.project, params.queue])
  if (projectId == null || queueId == null) return { groups: [], nextDueAt: null, filling: [] }
  const queue = [projectId, queueId] as const
  const due = await db.get<{ at: number | null }>(NEXT_DUE, ...queue, now)
  return {
    groups: await groupsOf(step, queue, params),
    nextDueAt: due?.at ?? null,
    filling: await submissionsOfRows(step, await db.all<SubmissionsTable>(FILLING, ...queue)),
  }
}

type QueueIds = readonly [projectId: number, queueId: number]

async function groupsOf(
  step: Step,
  queue: QueueIds,
  { upTo, except }: { readonly upTo: number; readonly except?: readonly JobId[] | undefined },
): Promise<readonly WaitingGroup[]> {
  const left = new Set<number>(except ?? [])
  const found = await step.db.all<RangeRow>(FIND_RANGES, ...queue, step.now)
  const rows = found.filter((row) => !left.has(row.job_id))
  const groups = grouped(rows, (row) => `${row.account_id} ${row.lane_id} ${row.batch_limit}`)
  const facts: WaitingGroup[] = []
  for (const ranges of groups.values()) facts.push(await groupOf(step, queue, ranges, upTo))
  return facts
}

async function groupOf(
  step: Step,
  queue: QueueIds,
  ranges: readonly RangeRow[],
  upTo: number,
): Promise<WaitingGroup> {
  const { db, names, now } = step
  const { account_id, lane_id, batch_limit } = ranges[0] as RangeRow
  const counted = await db.get<{ count: number; bytes: number }>(
    COUNT,
    ...queue,
    now,
    account_id,
    lane_id,
    batch_limit,
    numbers(ranges.map((range) => range.job_id)),
    numbers(ranges.map((range) => range.part)),
    upTo,
  )
  const nameOf = await names.readerOf(db, [account_id, lane_id])
  return {
    account: nameOf(account_id) as AccountId,
    lane: nameOf(lane_id),
    batchLimit: batch_limit === 0 ? null : batch_limit,
    count: counted?.count ?? 0,
    bytes: counted?.bytes ?? 0,
    oldestCreatedAt: Math.min(...ranges.map((range) => range.oldest_at)),
    maxId: Math.max(...ranges.map((range) => range.max_id)),
  }
}
