import type { Delivery } from '../model/delivery.js'
import type { RequestId } from '../model/ids.js'
import type { EpochMs } from '../model/time.js'

/** A delivery with what only the store looks at. */
export interface StoredDelivery extends Delivery {
  /** Ascending. */
  readonly requestIds: readonly RequestId[]
  readonly dueAt: EpochMs
}
