import type {
  AckFacts,
  Delivery,
  DeliveryId,
  ProjectId,
  QueueName,
  RequestId,
} from '@halfrate/core'
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

/** What an acknowledgement is decided by, from the delivery's row. */
export function ackFactsOf(
  row: Pick<DeliveriesTable, 'id' | 'request_count' | 'position' | 'tries' | 'request_ids'>,
): AckFacts {
  const { position, tries } = row
  const requestIds = requestIdsOf(row) as readonly RequestId[]
  return { id: row.id as DeliveryId, count: row.request_count, position, tries, requestIds }
}
