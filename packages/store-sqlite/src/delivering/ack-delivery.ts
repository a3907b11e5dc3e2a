import {
  applyAck,
  type DeliveryId,
  deliveryResource,
  type Fence,
  type NotTaken,
} from '@halfrate/core'
import { ackFactsOf, type DeliveriesTable } from '@halfrate/store-sql'
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
  const { deliveryId } = params
  checkFence(session, params.fence, deliveryResource(deliveryId))
  const row = session.db.get<DeliveriesTable>(READ, deliveryId)
  if (row === undefined) return { left: 0 }
  const { position, left, setAside } = applyAck(ackFactsOf(row), params)
  if (setAside !== null) {
    const owner = { projectId: row.project_id, queueId: row.queue_id }
    addDelivery(session, owner, { ...setAside, createdAt: row.created_at })
  }
  if (left === 0) session.db.run(END, deliveryId)
  else session.db.run(MOVE, position, deliveryId)
  return { left }
}
