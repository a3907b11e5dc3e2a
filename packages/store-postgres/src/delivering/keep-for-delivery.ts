import { type ProjectId, type QueueName, queueResource, SUBSCRIPTION_SCOPE } from '@halfrate/core'
import { numbers } from '../database/binary-format.js'
import type { Step } from '../session.js'

/** Text that says whether any queue has a subscription: 0 or 1. For a step that has locked its submission before. */
export const HAS_SUBSCRIPTIONS: string = `CASE WHEN EXISTS (SELECT 1 FROM settings
  WHERE scope = '${SUBSCRIPTION_SCOPE}' AND value <> 'null') THEN 1 ELSE 0 END`

/** Numbers of a queue's names. */
export interface QueueNumbers {
  readonly project_id: number
  readonly queue_id: number
}

interface EndedGroup extends QueueNumbers {
  readonly requestIds: number[]
}

/** Writes what a step has ended for delivery, for each queue that has a subscription. */
export async function keepForDelivery(step: Step): Promise<void> {
  const { requestIds, ofSubmission, hasSubscriptions } = step.ended
  const isEmpty = requestIds.length === 0 && (ofSubmission?.requestIds.length ?? 0) === 0
  if (isEmpty || hasSubscriptions === false) return
  const wanted = await subscriptions(step)
  if (wanted.size === 0) return
  for (const group of await groupsOf(step)) {
    const resource = (await resourcesOf(step, [group]))[0] ?? ''
    const kept = { requestIds: group.requestIds, tries: 0, createdAt: step.now, dueAt: step.now }
    if (wanted.has(resource)) await addDelivery(step, group, kept)
  }
}

// A run of the primary key; there are as many as queues with handlers. The second table is named for its lock alone, by
// which whoever writes a subscription waits for this step, see `stepsUnderWay`: it is taken before the rows are looked at.
const SUBSCRIBED = `SELECT name FROM settings WHERE scope = $1 AND value <> 'null'
  AND NOT EXISTS (SELECT 1 FROM submissions WHERE id = 0 FOR KEY SHARE)`

/** Resources of the queues that have a subscription. */
export async function subscriptions({ db }: Step): Promise<ReadonlySet<string>> {
  const rows = await db.all<{ name: string }>(SUBSCRIBED, SUBSCRIPTION_SCOPE)
  return new Set(rows.map(({ name }) => name))
}

/** The resources of queues, from their numbers. */
export async function resourcesOf(
  { db, names }: Step,
  rows: readonly QueueNumbers[],
): Promise<readonly string[]> {
  const ids = rows.flatMap((row) => [row.project_id, row.queue_id])
  const nameOf = await names.readerOf(db, ids)
  return rows.map((row) => {
    return queueResource(nameOf(row.project_id) as ProjectId, nameOf(row.queue_id) as QueueName)
  })
}

// Both by id.
const OF_SUBMISSION = 'SELECT project_id, queue_id FROM submissions WHERE id = $1'
const OF_REQUESTS = 'SELECT id, project_id, queue_id FROM requests WHERE id = ANY($1::bigint[])'

async function groupsOf({ db, ended }: Step): Promise<readonly EndedGroup[]> {
  const groups = new Map<string, EndedGroup>()
  const add = ({ project_id, queue_id }: QueueNumbers, ids: readonly number[]): void => {
    const name = `${project_id} ${queue_id}`
    const group = groups.get(name) ?? { project_id, queue_id, requestIds: [] }
    groups.set(name, group)
    group.requestIds.push(...ids)
  }
  const { submissionId = 0, requestIds = [] } = ended.ofSubmission ?? {}
  if (requestIds.length > 0) {
    const owner = await db.get<QueueNumbers>(OF_SUBMISSION, submissionId)
    if (owner !== undefined) add(owner, requestIds)
  }
  if (ended.requestIds.length === 0) return [...groups.values()]
  type Row = QueueNumbers & { readonly id: number }
  for (const row of await db.all<Row>(OF_REQUESTS, numbers(ended.requestIds))) add(row, [row.id])
  return [...groups.values()]
}

const ADD = `INSERT INTO deliveries (project_id, queue_id, request_ids, request_count, position, tries,
    created_at, due_at)
  VALUES ($1, $2, $3, $4, 0, $5, $6, $7)`

/** Adds a delivery. */
export async function addDelivery(
  { db }: Step,
  owner: QueueNumbers,
  kept: {
    readonly requestIds: readonly number[]
    readonly tries: number
    readonly createdAt: number
    readonly dueAt: number
  },
): Promise<void> {
  const { tries, createdAt, dueAt } = kept
  const ids = [...new Set(kept.requestIds)].sort((a, b) => a - b)
  const { project_id: projectId, queue_id: queueId } = owner
  const row = [projectId, queueId, JSON.stringify(ids), ids.length, tries, createdAt, dueAt]
  await db.run(ADD, ...row)
}
