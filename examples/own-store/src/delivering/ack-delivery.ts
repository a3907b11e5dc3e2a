import { deliveryResource, InvariantError } from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import type { Session } from '../session.js'
import { addDelivery } from './keep-for-delivery.js'

/** See `DeliveringStore.ackDelivery`. */
export function ackDelivery(
  session: Session,
  params: In<'ackDelivery'>,
): Promise<Out<'ackDelivery'>> {
  const { deliveryId: id, notTaken } = params
  return session.step(async (step) => {
    await step.fence(params.fence, deliveryResource(id))
    await step.deliveries.load([id])
    const row = step.deliveries.get(id)
    if (row === null) return { left: 0 }
    const { delivery, requestIds } = row
    const { count } = delivery
    if (params.position > count) throw new InvariantError(`Delivery ${id} has ${count} requests.`)
    const position = Math.max(delivery.position, params.position)
    const passed = requestIds.slice(delivery.position, position)
    const again = passed.filter((each) => notTaken?.requestIds.includes(each))
    if (again.length > 0 && notTaken !== null) {
      const of = { ...delivery, tries: delivery.tries + 1 }
      addDelivery(step, of, { requestIds: again, dueAt: notTaken.dueAt })
    }
    const moved = { ...row, delivery: { ...delivery, position } }
    step.deliveries.set(id, position === count ? null : moved)
    return { left: count - position }
  }, 1)
}
