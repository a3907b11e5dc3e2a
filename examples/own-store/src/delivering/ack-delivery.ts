import { applyAck, deliveryResource } from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import type { Session } from '../session.js'
import { addDelivery } from './keep-for-delivery.js'

/** See `DeliveringStore.ackDelivery`. */
export function ackDelivery(
  session: Session,
  params: In<'ackDelivery'>,
): Promise<Out<'ackDelivery'>> {
  const { deliveryId: id } = params
  return session.step(async (step) => {
    await step.fence(params.fence, deliveryResource(id))
    await step.deliveries.load([id])
    const row = step.deliveries.get(id)
    if (row === null) return { left: 0 }
    const { delivery, requestIds } = row
    const { position, left, setAside } = applyAck({ ...delivery, requestIds }, params)
    if (setAside !== null) addDelivery(step, { ...delivery, tries: setAside.tries }, setAside)
    const moved = { ...row, delivery: { ...delivery, position } }
    step.deliveries.set(id, left === 0 ? null : moved)
    return { left }
  }, 1)
}
