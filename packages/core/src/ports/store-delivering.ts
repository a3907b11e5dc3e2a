import type { DeliveredRow, Delivery } from '../model/delivery.js'
import type { DeliveryId, RequestId } from '../model/ids.js'
import type { EpochMs } from '../model/time.js'
import type { Fence } from './store-leases.js'

/** Part of a delivery, with the requests that are read. */
export interface DeliveryPage {
  readonly delivery: Delivery
  /** In the order of ids. One that is no longer in the store is left out. */
  readonly rows: readonly DeliveredRow[]
  /** The place after the last one that was looked at; the delivery's count at its end. */
  readonly next: number
}

/** What was not taken by the handler, of what an acknowledgement passes. */
export interface NotTaken {
  readonly requestIds: readonly RequestId[]
  /** When they are handed over again. */
  readonly dueAt: EpochMs
}

/**
 * Handing results over, at least once (I12).
 *
 * Every step that ends requests (`settle`, `releaseMembers`, `dissolve`, `importSubmission`, `cancel`, `sweep`) writes, in
 * the same transaction, one delivery for each queue that has a subscription by then ({@link subscriptionSetting}), due at
 * once, with all that the step ended in it. A `putSetting` of that document, also one that is too late for its version and
 * writes nothing, answers when no step is under way any more that may not have seen what stands there, so that what is not
 * done then is kept. `claim` finds the due ones. A request is in one delivery at a time, until it was taken.
 */
export interface DeliveringStore {
  /**
   * Requests of a delivery from the given place on, or from its position for null, with what they ended with: in a job
   * or not, superseded ones too. At most `limit`. Null when it is gone. Not fenced.
   */
  readDelivery(
    params: Readonly<{ deliveryId: DeliveryId; from: number | null; limit: number }>,
  ): Promise<DeliveryPage | null>
  /**
   * Moves a delivery on: all before `position` is dealt with. Those of `notTaken` that stand between the old position
   * and the new one become a delivery of their own in the same step, with one try more; the others were taken. At its
   * end the delivery is gone. A position never goes back, so that the same call again changes nothing.
   *
   * Fenced by the delivery's lease. Answers how many are left in it.
   */
  ackDelivery(
    params: Readonly<{
      fence: Fence
      deliveryId: DeliveryId
      position: number
      notTaken: NotTaken | null
    }>,
  ): Promise<{ readonly left: number }>
}
