import type { DeliveredRow, DeliveryPage } from '@halfrate/core'
import type { In } from '../in-out.js'
import { resultRowsOf } from '../reading/read-results.js'
import type { Session } from '../session.js'

/** See `DeliveringStore.readDelivery`. */
export function readDelivery(
  session: Session,
  params: In<'readDelivery'>,
): Promise<DeliveryPage | null> {
  const limit = session.pageOf(params.limit)
  return session.step(async (step) => {
    await step.deliveries.load([params.deliveryId])
    const stored = step.deliveries.get(params.deliveryId)
    if (stored === null) return null
    const { delivery, requestIds } = stored
    const from = params.from ?? delivery.position
    const ids = requestIds.slice(from, from + limit)
    await step.requests.load(ids)
    const places = new Map(ids.map((id, index) => [id, from + index]))
    const there = ids.filter((id) => step.requests.get(id) !== null)
    const rows = (await resultRowsOf(step, there)).map((row): DeliveredRow => {
      return { ...row, place: places.get(row.request.id) ?? from }
    })
    return { delivery, rows, next: from + ids.length }
  })
}
