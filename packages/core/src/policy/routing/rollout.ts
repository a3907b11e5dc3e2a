import { laneKey, laneOf } from '../../model/lane.js'
import type { QueuePolicy } from '../../model/queue-policy.js'

const WORD_BITS = 32

/**
 * Whether a key is of the part of a queue that goes in batches. The same key always is, and one that is of a part is of every larger
 * one, so that a rollout that grows takes nothing back.
 */
export function isInBatchPart(keyHash: Uint8Array, batchPercent: number): boolean {
  const view = new DataView(keyHash.buffer, keyHash.byteOffset, keyHash.byteLength)
  return (view.getUint32(0) / 2 ** WORD_BITS) * 100 < batchPercent
}

/** What of a row its route is decided on. */
export interface RowToRoute {
  readonly keyHash: Uint8Array
  readonly lane: string
  /** Whether its caller named the route that stands in its lane. */
  readonly isRouteAsked?: boolean | undefined
}

/** A row on the route that the rollout of its queue gives it; as it is where its caller named one. */
export function rolledOut<Row extends RowToRoute>(
  row: Row,
  { batchPercent }: Pick<QueuePolicy, 'batchPercent'>,
): Row {
  if (batchPercent >= 100 || row.isRouteAsked === true) return row
  if (isInBatchPart(row.keyHash, batchPercent)) return row
  const lane = laneOf(row.lane)
  if (lane.route === 'realtime') return row
  return { ...row, lane: laneKey({ ...lane, route: 'realtime', why: 'rollout' }) }
}
