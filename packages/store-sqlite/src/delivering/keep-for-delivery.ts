import { type ProjectId, type QueueName, queueResource, SUBSCRIPTION_SCOPE } from '@halfrate/core'
import type { DeliveriesTable } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { takeIds } from '../take-ids.js'

/** What a step ended in one queue. */
interface EndedGroup {
  readonly projectId: number
  readonly queueId: number
  readonly requestIds: number[]
}

/** Writes what the step under way has ended for delivery, for each queue that has a subscription. */
export function keepForDelivery(session: Session): void {
  const { ended } = session
  if (ended.isEmpty) return
  const wanted = subscriptions(session)
  if (wanted.size === 0) return
  const groups = new Map<string, EndedGroup>()
  if (ended.ofQueue !== null && ended.ofQueue.requestIds.length > 0) {
    const { project, queue, requestIds } = ended.ofQueue
    const projectId = session.names.idOf(project)
    const queueId = session.names.idOf(queue)
    groups.set(queueResource(project, queue), { projectId, queueId, requestIds: [...requestIds] })
  }
  addByRow(session, groups)
  for (const [resource, { requestIds, ...owner }] of groups) {
    if (!wanted.has(resource)) continue
    const now = session.now()
    addDelivery(session, owner, { requestIds, tries: 0, createdAt: now, dueAt: now })
  }
}

// A run of the primary key; there are as many as queues with handlers.
const SUBSCRIBED = "SELECT name FROM settings WHERE scope = ? AND value <> 'null'"

/** Resources of the queues that have a subscription. */
export function subscriptions(session: Session): ReadonlySet<string> {
  const rows = session.db.all<{ name: string }>(SUBSCRIBED, SUBSCRIPTION_SCOPE)
  return new Set(rows.map(({ name }) => name))
}

interface OwnerRow {
  readonly id: number
  readonly project_id: number
  readonly queue_id: number
}

// By id.
const OWNERS = `SELECT r.id, r.project_id, r.queue_id FROM json_each(?) j
  CROSS JOIN requests r ON r.id = j.value`

function addByRow(session: Session, groups: Map<string, EndedGroup>): void {
  const { requestIds } = session.ended
  if (requestIds.length === 0) return
  for (const row of session.db.all<OwnerRow>(OWNERS, JSON.stringify(requestIds))) {
    const resource = resourceOf(session, row)
    const group = groups.get(resource)
    if (group !== undefined) group.requestIds.push(row.id)
    else {
      const { project_id: projectId, queue_id: queueId } = row
      groups.set(resource, { projectId, queueId, requestIds: [row.id] })
    }
  }
}

/** The resource of the queue that a row is of. */
export function resourceOf(
  { names }: Session,
  row: Pick<OwnerRow, 'project_id' | 'queue_id'>,
): string {
  const project = names.textOf(row.project_id) as ProjectId
  return queueResource(project, names.textOf(row.queue_id) as QueueName)
}

const ADD = `INSERT INTO deliveries (id, project_id, queue_id, request_ids, request_count, position, tries,
    created_at, due_at)
  VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)`

/** Adds a delivery. */
export function addDelivery(
  session: Session,
  owner: Omit<EndedGroup, 'requestIds'>,
  kept: {
    readonly requestIds: readonly number[]
    readonly tries: number
    readonly createdAt: DeliveriesTable['created_at']
    readonly dueAt: DeliveriesTable['due_at']
  },
): void {
  const { tries, createdAt, dueAt } = kept
  const ids = kept.requestIds.toSorted((a, b) => a - b)
  const { projectId, queueId } = owner
  const id = takeIds(session, 1)
  session.db.run(
    ADD,
    ...[id, projectId, queueId, JSON.stringify(ids), ids.length, tries, createdAt, dueAt],
  )
}
