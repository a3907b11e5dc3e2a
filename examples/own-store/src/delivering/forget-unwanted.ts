import type { DeliveryId } from '@halfrate/core'
import { fromRank } from '../rows/pages.js'
import type { Step } from '../step.js'
import { isSubscribed, loadSubscriptions } from './keep-for-delivery.js'

/** Removes a page of deliveries that nobody wants any more; answers whether there may be others. */
export async function forgetUnwanted(step: Step, limit: number): Promise<boolean> {
  const queues = await step.connection.ask<string[]>('SMEMBERS', step.keys.of('delivering'))
  await loadSubscriptions(step, queues)
  for (const resource of queues.filter((each) => !isSubscribed(step, each))) {
    const page = { at: 0, limit }
    const found = await fromRank(step.connection, step.keys.of('due', resource), page)
    const ids = found.map((id) => Number(id) as DeliveryId)
    await step.deliveries.load(ids)
    for (const id of ids) step.deliveries.set(id, null)
    if (ids.length > 0) return true
  }
  return false
}
