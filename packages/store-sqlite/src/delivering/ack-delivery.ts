import {
  type DeliveryId,
  deliveryResource,
  type Fence,
  InvariantError,
  type NotTaken,
} from '@halfrate/core'
import { type DeliveriesTable, requestIdsOf } from '@halfrate/store-sql'
import { checkFence, type Session } from '../session.js'
import { addDelivery } from './keep-for-delivery.js'

// All by primary key.
const READ = 'SELECT * FROM deliveries WHERE id = ?'
const MOVE = 'UPDATE deliveries SET position = ? WHERE id = ?'
const END = 'DELETE FROM deliveries WHERE id = ?'

/** See `DeliveringStore.ackDelivery`. */
export function ackDelivery(
  session: Session,
  params: Readonly<{
    fence: Fence
    deliveryId: DeliveryId
    position: number
    notTaken: NotTaken | null
  }>,
): { readonly left: number } {
  const { deliveryId, notTaken } = params
  checkFence(session, params.fence, deliveryResource(deliveryId))
  const row = session.db.get<DeliveriesTable>(READ, deliveryId)
  if (row === undefined) return { left: 0 }
  const count = row.request_count
  if (params.position > count) {
    throw new InvariantError(`Delivery ${deliveryId} has ${count} requests.`)
  }
  const position = Math.max(row.position, params.position)
  if (notTaken !== null) setAside(session, row, position, notTaken)
  if (position === count) session.db.run(END, deliveryId)
  else session.db.run(MOVE, position, deliveryId)
  return { left: count - position }
}

function setAside(
  session: Session,
  row: DeliveriesTable,
  position: number,
  { requestIds, dueAt }: NotTaken,
): void {
  const notTaken = new Set<number>(requestIds)
  const passed = requestIdsOf(row).slice(row.position, position)
  const again = passed.filter((id) => notTaken.has(id))
  if (again.length === 0) return
  const owner = { projectId: row.project_id, queueId: row.queue_id }
  const kept = { requestIds: again, tries: row.tries + 1, createdAt: row.created_at, dueAt }
  addDelivery(session, owner, kept)
}
