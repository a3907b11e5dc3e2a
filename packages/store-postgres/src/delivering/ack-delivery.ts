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

// All by primary key. Locked before its lease, as a claim does.
const READ = 'SELECT * FROM deliveries WHERE id = $1 FOR UPDATE'
const MOVE = 'UPDATE deliveries SET position = $1 WHERE id = $2'
const END = 'DELETE FROM deliveries WHERE id = $1'

/** See `DeliveringStore.ackDelivery`. */
export function ackDelivery(
  session: Session,
  params: Readonly<{
    fence: Fence
    deliveryId: DeliveryId
    position: number
    notTaken: NotTaken | null
  }>,
): Promise<{ readonly left: number }> {
  const { deliveryId, fence } = params
  return session.write(async (step) => {
    const row = await step.db.get<DeliveriesTable>(READ, deliveryId)
    await checkFence(step, fence, deliveryResource(deliveryId))
    if (row === undefined) return { left: 0 }
    const { position, left, setAside } = applyAck(ackFactsOf(row), params)
    if (setAside !== null) {
      await addDelivery(step, row, { ...setAside, createdAt: row.created_at })
    }
    if (left === 0) await step.db.run(END, deliveryId)
    else await step.db.run(MOVE, position, deliveryId)
    return { left }
  })
}
