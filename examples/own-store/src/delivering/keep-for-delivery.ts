import {
  type Delivery,
  type DeliveryId,
  queueResource,
  type RequestId,
  SUBSCRIPTION_SCOPE,
} from '@halfrate/core'
import type { StoredDelivery } from '../rows/stored-delivery.js'
import type { Step } from '../step.js'

/** Writes what a step has ended for delivery, for each queue that has a subscription. Takes an id for each of them. */
export async function keepForDelivery(step: Step): Promise<void> {
  if (step.ended.size === 0) return
  const groups = new Map<string, RequestId[]>()
  for (const id of step.ended) {
    const { project, queue } = step.requests.need(id).request
    const resource = queueResource(project, queue)
    const group = groups.get(resource) ?? []
    groups.set(resource, group)
    group.push(id)
  }
  await loadSubscriptions(step, groups.keys())
  for (const [resource, requestIds] of groups) {
    if (!isSubscribed(step, resource)) continue
    const { project, queue } = step.requests.need(requestIds[0] as RequestId).request
    const createdAt = step.now
    addDelivery(step, { project, queue, tries: 0, createdAt }, { requestIds, dueAt: step.now })
  }
}

/** Reads which of some queues, by their resources, have a subscription. */
export async function loadSubscriptions(step: Step, resources: Iterable<string>): Promise<void> {
  await step.settings.load([...resources].map((name) => ({ scope: SUBSCRIPTION_SCOPE, name })))
}

/** Whether a queue has a subscription; it was loaded. */
export function isSubscribed(step: Step, name: string): boolean {
  return step.settings.get({ scope: SUBSCRIPTION_SCOPE, name })?.value != null
}

/** Adds a delivery. */
export function addDelivery(
  step: Step,
  of: Pick<Delivery, 'project' | 'queue' | 'tries' | 'createdAt'>,
  kept: Omit<StoredDelivery, 'delivery'>,
): void {
  const id = step.takeId<DeliveryId>()
  const requestIds = kept.requestIds.toSorted((a, b) => a - b)
  const { project, queue, tries, createdAt } = of
  const delivery = { id, project, queue, tries, count: requestIds.length, position: 0, createdAt }
  step.deliveries.set(id, { delivery, requestIds, dueAt: kept.dueAt })
}
