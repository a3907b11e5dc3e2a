import {
  type DeliveryId,
  deliveryResource,
  type Fence,
  InvariantError,
  type NotTaken,
} from '@halfrate/core'
import { type DeliveriesTable, requestIdsOf } from '@halfrate/store-sql'
import { checkFence, type Session, type Step } from '../session.js'
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
  const { deliveryId, notTaken, fence } = params
  return session.write(async (step) => {
    const row = await step.db.get<DeliveriesTable>(READ, deliveryId)
    await checkFence(step, fence, deliveryResource(deliveryId))
    if (row === undefined) return { left: 0 }
    const count = row.request_count
    if (params.position > count) {
      throw new InvariantError(`Delivery ${deliveryId} has ${count} requests.`)
    }
    const position = Math.max(row.position, params.position)
    if (notTaken !== null) await setAside(step, row, position, notTaken)
    if (position === count) await step.db.run(END, deliveryId)
    else await step.db.run(MOVE, position, deliveryId)
    return { left: count - position }
  })
}

async function setAside(
  step: Step,
  row: DeliveriesTable,
  position: number,
  { requestIds, dueAt }: NotTaken,
): Promise<void> {
  const notTaken = new Set<number>(requestIds)
  const passed = requestIdsOf(row).slice(row.position, position)
  const again = passed.filter((id) => notTaken.has(id))
  if (again.length === 0) return
  const kept = { requestIds: again, tries: row.tries + 1, createdAt: row.created_at, dueAt }
  await addDelivery(step, row, kept)
}
