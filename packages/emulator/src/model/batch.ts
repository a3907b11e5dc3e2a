import { COLUMN, ROW_FLAG, ROW_KIND, type RowTable } from './row-table.js'
import type { WireBatchStatus, WireOutcome, WireRequestCounts } from './wire.js'

const HOUR_MS = 3_600_000
/** A batch expires this long after its creation. Source: captured, exactly 24 h. */
export const EXPIRES_AFTER_MS: number = 24 * HOUR_MS
/** Results are kept this long after creation, not after the end. Source: batch guide. */
export const ARCHIVED_AFTER_MS: number = 29 * 24 * HOUR_MS
/** A row that would be done this soon after a cancel is already with the model and is not interrupted. */
const IN_FLIGHT_MS = 2_000

/**
 * What is kept of a batch. Everything that changes with time is a function of this and `now`, so
 * nothing has to run between two calls.
 */
export interface Batch {
  readonly id: string
  readonly workspaceId: string
  readonly rows: RowTable
  /** Epoch milliseconds. May lie ahead: a late acceptance comes into being then. */
  readonly createdAt: number
  /** Microseconds below the millisecond, 0 to 999, for looks. */
  readonly micros: number
  /** Time from creation to the end if nobody interferes. Milliseconds. */
  readonly turnaroundMs: number
  /** How long a cancel takes to wind down. Milliseconds. */
  readonly drainMs: number
  /** API version the batch was made under. */
  readonly version: string
  /** True if a stranger in the same workspace made it. */
  readonly isForeign: boolean
  /** Whether at least one row is never processed, so that the batch runs to its expiry. */
  readonly hasHeldRow: boolean
  /** The batch that a doubling proxy made from the same request, if any. */
  readonly twinOf: string | null
  /** Not in lists before this instant. Epoch milliseconds. */
  readonly listedAt: number
  /** Not retrievable before this instant. Epoch milliseconds. */
  readonly retrievableAt: number
  cancelAt: number | null
  cancelIsIgnored: boolean
  deletedAt: number | null
  /** If set, a stranger deletes the batch this long after its end. Milliseconds. */
  readonly deletedAfterMs: number | null
  /** Counts of the ended batch, once they have been added up, and the end they hold for. */
  settled: { readonly endAt: number; readonly counts: WireRequestCounts } | null
}

/** When the batch ends, as things stand. Epoch milliseconds. */
export function endOf(batch: Batch): number {
  const expiresAt = batch.createdAt + EXPIRES_AFTER_MS
  const doneAt = batch.hasHeldRow ? expiresAt : batch.createdAt + batch.turnaroundMs
  const undisturbed = Math.min(doneAt, expiresAt)
  if (batch.cancelAt === null || batch.cancelIsIgnored) return undisturbed
  return Math.min(undisturbed, Math.max(batch.cancelAt, batch.createdAt) + batch.drainMs)
}

/** The state of the batch at `now`. */
export function statusAt(batch: Batch, now: number): WireBatchStatus {
  if (now >= endOf(batch)) return 'ended'
  return batch.cancelAt !== null && now >= batch.cancelAt ? 'canceling' : 'in_progress'
}

/** Whether the batch exists at `now`: accepted, and not deleted. */
export function existsAt(batch: Batch, now: number): boolean {
  return now >= batch.createdAt && now < deletionOf(batch)
}

/** When the batch is deleted, by its owner or by a stranger. Epoch milliseconds; infinite if never. */
export function deletionOf(batch: Batch): number {
  const byOthers = batch.deletedAfterMs === null ? null : endOf(batch) + batch.deletedAfterMs
  return Math.min(batch.deletedAt ?? Number.POSITIVE_INFINITY, byOthers ?? Number.POSITIVE_INFINITY)
}

/** Whether the results have been taken away by age at `now`. */
export function isArchivedAt(batch: Batch, now: number): boolean {
  return now >= batch.createdAt + ARCHIVED_AFTER_MS
}

/** When a row is done with, if nobody interferes. Epoch milliseconds; infinite for a held row. */
export function processedAt(batch: Batch, row: number): number {
  if (batch.rows.has(row, ROW_FLAG.held)) return Number.POSITIVE_INFINITY
  const share = batch.rows.get(row, COLUMN.progress) / 0x1_0000_0000
  return batch.createdAt + Math.floor(batch.turnaroundMs * share)
}

/** How a row ends. Meaningful once the batch has ended; earlier, what it would be as things stand. */
export function outcomeOf(batch: Batch, row: number): WireOutcome {
  const at = processedAt(batch, row)
  const expiresAt = batch.createdAt + EXPIRES_AFTER_MS
  if (batch.cancelAt !== null && !batch.cancelIsIgnored && at > batch.cancelAt + IN_FLIGHT_MS) {
    return batch.cancelAt < expiresAt ? 'canceled' : 'expired'
  }
  if (at > expiresAt) return 'expired'
  const kind = batch.rows.get(row, COLUMN.kind)
  if (kind === ROW_KIND.errored) return 'errored'
  return kind === ROW_KIND.expired ? 'expired' : 'succeeded'
}

/**
 * The counts at `now`. Until the batch has ended everything is `processing`, as documented; with
 * `isLive` they fall as rows are done, as one capture claims.
 */
export function countsAt(batch: Batch, now: number, isLive: boolean): WireRequestCounts {
  if (statusAt(batch, now) === 'ended') return settledCounts(batch)
  const counts = noCounts()
  if (!isLive) return { ...counts, processing: batch.rows.length }
  for (let row = 0; row < batch.rows.length; row++) {
    if (processedAt(batch, row) <= now) counts[outcomeOf(batch, row)]++
    else counts.processing++
  }
  return counts
}

// Lists show many ended batches again and again, so their rows are added up only once. A cancel
// moves the end, and with it goes what was added up before.
function settledCounts(batch: Batch): WireRequestCounts {
  const endAt = endOf(batch)
  if (batch.settled?.endAt !== endAt) {
    const counts = noCounts()
    for (let row = 0; row < batch.rows.length; row++) counts[outcomeOf(batch, row)]++
    batch.settled = { endAt, counts }
  }
  return batch.settled.counts
}

function noCounts(): Record<keyof WireRequestCounts, number> {
  return { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
}
