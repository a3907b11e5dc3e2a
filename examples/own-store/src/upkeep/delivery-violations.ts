import type { DeliveryId, Violation } from '@halfrate/core'
import type { Step } from '../step.js'

/** Checks that deliveries have requests of their queue left that are done. */
export async function deliveryViolations(
  step: Step,
  ids: readonly DeliveryId[],
): Promise<readonly Violation[]> {
  await step.deliveries.load(ids)
  const rows = ids.map((id) => step.deliveries.need(id))
  await step.requests.load(rows.flatMap(({ requestIds }) => requestIds))
  return rows.flatMap(({ delivery, requestIds }) =>
    requestIds.slice(delivery.position).flatMap((requestId) => {
      const request = step.requests.get(requestId)?.request
      const isTheirs =
        request === undefined ||
        (request.state === 'done' &&
          request.project === delivery.project &&
          request.queue === delivery.queue)
      if (isTheirs) return []
      const message = `Request ${requestId} is wrongly in delivery ${delivery.id}.`
      return [{ invariant: 'I12', message }]
    }),
  )
}
