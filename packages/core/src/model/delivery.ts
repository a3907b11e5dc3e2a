import type { DeliveryId, ProjectId, QueueName } from './ids.js'
import { queueResource } from './resource.js'
import type { ResultRow } from './result-row.js'
import type { SettingName } from './setting-documents.js'
import type { EpochMs } from './time.js'

/** Value of {@link subscriptionSetting}: a queue's results are kept for a handler. */
export interface Subscription {
  /** Requests that were done before it are not handed over. */
  readonly since: EpochMs
}

/** Scope of the documents that say which queues have a subscription. */
export const SUBSCRIPTION_SCOPE = 'subscriptions'

/**
 * The document that makes a step which ends requests of a queue keep them for delivery in the same step: a
 * {@link Subscription}, or null when nobody wants them any more.
 */
export function subscriptionSetting(project: ProjectId, queue: QueueName): SettingName {
  return { scope: SUBSCRIPTION_SCOPE, name: queueResource(project, queue) }
}

/** Requests of one queue that became done in one step, until the handler has taken all of them. */
export interface Delivery {
  readonly id: DeliveryId
  readonly project: ProjectId
  readonly queue: QueueName
  /** How often all of them were handed over and not taken, or put off because of those before them. */
  readonly tries: number
  /** Requests in it. */
  readonly count: number
  /** How many of these, from the first, are dealt with. */
  readonly position: number
  /** When they became done. */
  readonly createdAt: EpochMs
}

/** A request of a delivery, with its stored line. */
export interface DeliveredRow extends ResultRow {
  /** Its place in the delivery, from 0. */
  readonly place: number
}
