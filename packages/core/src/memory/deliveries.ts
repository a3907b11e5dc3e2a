import { type DeliveredRow, subscriptionSetting } from '../model/delivery.js'
import type { DeliveryId, ProjectId, QueueName, RequestId } from '../model/ids.js'
import { deliveryResource, queueResource } from '../model/resource.js'
import type { EpochMs } from '../model/time.js'
import { applyAck } from '../policy/delivering.js'
import type { DeliveryPage, NotTaken } from '../ports/store-delivering.js'
import type { Fence } from '../ports/store-leases.js'
import { resultRow } from './reading.js'
import { readSetting } from './settings.js'
import type { StoredDelivery } from './stored-delivery.js'
import type { Tables } from './tables.js'

/** Runs a step that may end requests, and writes down for delivery what it ended. */
export function withDeliveries<T>(tables: Tables, step: (tables: Tables) => T): T {
  tables.ended.clear()
  const value = step(tables)
  for (const [first, ...others] of byQueue(tables)) {
    if (first === undefined) continue
    const { project, queue } = tables.requests.need(first).request
    if (!isSubscribed(tables, project, queue)) continue
    const requestIds = [first, ...others].sort((a, b) => a - b)
    const now = tables.now()
    add(tables, { project, queue, tries: 0, requestIds, createdAt: now, dueAt: now })
  }
  return value
}

function byQueue(tables: Tables): Iterable<readonly RequestId[]> {
  const groups = new Map<string, RequestId[]>()
  for (const id of tables.ended) {
    const { project, queue } = tables.requests.need(id).request
    const resource = queueResource(project, queue)
    const group = groups.get(resource) ?? []
    groups.set(resource, group)
    group.push(id)
  }
  return groups.values()
}

function isSubscribed(tables: Tables, project: ProjectId, queue: QueueName): boolean {
  return readSetting(tables, subscriptionSetting(project, queue))?.value != null
}

function add(tables: Tables, row: Omit<StoredDelivery, 'id' | 'count' | 'position'>): void {
  const id = tables.nextId<DeliveryId>()
  tables.deliveries.set(id, { ...row, id, count: row.requestIds.length, position: 0 })
}

/** Resources of the deliveries of a queue that are due, earliest first. */
export function dueDeliveries(
  tables: Tables,
  { project, queue }: { readonly project: ProjectId; readonly queue: QueueName },
): readonly string[] {
  const now = tables.now()
  return [...tables.deliveries.values()]
    .filter((row) => row.project === project && row.queue === queue && row.dueAt <= now)
    .sort((a, b) => a.dueAt - b.dueAt || a.id - b.id)
    .map((row) => deliveryResource(row.id))
}

/** When deliveries of a queue are due that are not yet. */
export function laterDeliveries(
  tables: Tables,
  { project, queue }: { readonly project: ProjectId; readonly queue: QueueName },
): readonly EpochMs[] {
  const now = tables.now()
  return [...tables.deliveries.values()]
    .filter((row) => row.project === project && row.queue === queue && row.dueAt > now)
    .map((row) => row.dueAt)
}

/** See {@link DeliveringStore.readDelivery}. */
export function readDelivery(
  tables: Tables,
  params: Readonly<{ deliveryId: DeliveryId; from: number | null; limit: number }>,
): DeliveryPage | null {
  const stored = tables.deliveries.get(params.deliveryId)
  if (stored === undefined) return null
  const { requestIds, dueAt: _, ...delivery } = stored
  const from = params.from ?? delivery.position
  const next = Math.min(delivery.count, from + tables.pageOf(params.limit))
  const rows = requestIds.slice(from, next).flatMap((id, index): readonly DeliveredRow[] => {
    const row = tables.requests.get(id)
    return row === undefined ? [] : [{ ...resultRow(tables, row.request), place: from + index }]
  })
  return { delivery, rows, next }
}

/** See {@link DeliveringStore.ackDelivery}. */
export function ackDelivery(
  tables: Tables,
  params: Readonly<{
    fence: Fence
    deliveryId: DeliveryId
    position: number
    notTaken: NotTaken | null
  }>,
): { readonly left: number } {
  const { deliveryId } = params
  tables.checkFence(params.fence, deliveryResource(deliveryId))
  const row = tables.deliveries.get(deliveryId)
  if (row === undefined) return { left: 0 }
  const { position, left, setAside } = applyAck(row, params)
  if (setAside !== null) add(tables, { ...row, ...setAside })
  if (left === 0) tables.deliveries.delete(deliveryId)
  else tables.deliveries.set(deliveryId, { ...row, position })
  return { left }
}

/** Removes a page of deliveries that nobody wants any more; answers whether there are others. */
export function forgetUnwanted(tables: Tables): boolean {
  const unwanted = [...tables.deliveries.values()].filter(
    ({ project, queue }) => !isSubscribed(tables, project, queue),
  )
  for (const { id } of unwanted.slice(0, tables.pageLimit)) tables.deliveries.delete(id)
  return unwanted.length > tables.pageLimit
}
