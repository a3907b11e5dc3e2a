import {
  ARCHIVED_AFTER_MS,
  type Batch,
  countsAt,
  EXPIRES_AFTER_MS,
  endOf,
  isArchivedAt,
  statusAt,
} from './batch.js'
import { rfc3339 } from './instant-text.js'
import type { WireBatch } from './wire.js'

/** How a batch is to be shown. */
export interface RenderBatchParams {
  /** Instant whose state is shown. Epoch milliseconds. */
  readonly now: number
  /** Scheme and host that begin `results_url`. */
  readonly origin: string
  /** Whether counts move before the end. */
  readonly liveCounts: boolean
}

/** Shows a batch as the API does. */
export function renderBatch(batch: Batch, params: RenderBatchParams): WireBatch {
  const { now, origin, liveCounts } = params
  const status = statusAt(batch, now)
  const hasEnded = status === 'ended'
  const wasCanceled = batch.cancelAt !== null && now >= batch.cancelAt
  const stamp = (at: number): string => rfc3339(at, batch.micros)
  return {
    id: batch.id,
    type: 'message_batch',
    processing_status: status,
    request_counts: countsAt(batch, now, liveCounts),
    created_at: stamp(batch.createdAt),
    expires_at: stamp(batch.createdAt + EXPIRES_AFTER_MS),
    ended_at: hasEnded ? stamp(endOf(batch)) : null,
    cancel_initiated_at: wasCanceled ? stamp(batch.cancelAt ?? 0) : null,
    archived_at: isArchivedAt(batch, now) ? stamp(batch.createdAt + ARCHIVED_AFTER_MS) : null,
    results_url: hasEnded ? `${origin}/v1/messages/batches/${batch.id}/results` : null,
  }
}
