import { type Delivery, type EpochMs, queueResource, type RequestId } from '@halfrate/core'
import type { Keys } from '../keys.js'
import { type Place, padded } from './place.js'

/** A delivery with what only the store looks at. */
export interface StoredDelivery {
  readonly delivery: Delivery
  /** Ascending. */
  readonly requestIds: readonly RequestId[]
  readonly dueAt: EpochMs
}

/** Every entry that a delivery has in the indexes. */
export function placesOfDelivery(
  keys: Keys,
  { delivery, dueAt }: StoredDelivery,
): readonly Place[] {
  const { id, project, queue } = delivery
  const resource = queueResource(project, queue)
  const announce = [['SADD', keys.of('delivering'), resource]]
  return [
    { key: keys.of('deliveries'), member: String(id), score: id },
    { key: keys.of('due', resource), member: padded(id), score: dueAt, announce },
  ]
}
