import type { Delivery, DeliveryId, ProjectId, QueueName } from '@halfrate/core'
import type { DeliveriesTable } from '../tables.js'
import type { NameOf } from './name-of.js'

/** Makes a delivery of its row. */
export function deliveryOf(row: DeliveriesTable, nameOf: NameOf): Delivery {
  return {
    id: row.id as DeliveryId,
    project: nameOf(row.project_id) as ProjectId,
    queue: nameOf(row.queue_id) as QueueName,
    tries: row.tries,
    count: row.request_count,
    position: row.position,
    createdAt: row.created_at,
  }
}

/** The requests of a delivery's row, ascending. */
export function requestIdsOf(row: Pick<DeliveriesTable, 'request_ids'>): readonly number[] {
  return JSON.parse(row.request_ids) as readonly number[]
}
