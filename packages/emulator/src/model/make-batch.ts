import type { Batch } from './batch.js'
import type { CreateFault } from './fault.js'
import type { ModelSettings } from './options.js'
import { providerId } from './provider-id.js'
import type { RowTable } from './row-table.js'
import { SeededRandom } from './seeded-random.js'
import { hashNumber } from './stable-hash.js'

/** What makes a batch. */
export interface MakeBatchParams {
  readonly settings: ModelSettings
  /** Tells batches of one seed apart. */
  readonly sequence: number
  readonly workspaceId: string
  readonly version: string
  readonly rows: RowTable
  readonly hasHeldRow: boolean
  readonly createdAt: number
  readonly isForeign: boolean
  readonly twinOf: string | null
  readonly fault: CreateFault | null
}

/** Makes a batch: draws its id, turnaround and the like from the seed and its sequence number. */
export function makeBatch(params: MakeBatchParams): Batch {
  const { settings, sequence, fault, createdAt } = params
  const random = new SeededRandom(hashNumber(`batch ${sequence}`, settings.seed))
  const id = providerId('msgbatch', random)
  const [shortest, longest] = settings.turnaroundMs
  const drawnMs = random.between(shortest, longest)
  return {
    id,
    workspaceId: params.workspaceId,
    rows: params.rows,
    createdAt,
    micros: random.between(0, 999),
    turnaroundMs: fault?.turnaroundMs ?? drawnMs,
    drainMs: random.between(5_000, 30_000),
    version: params.version,
    isForeign: params.isForeign,
    hasHeldRow: params.hasHeldRow,
    twinOf: params.twinOf,
    listedAt: createdAt + (fault?.listLagMs ?? 0),
    retrievableAt: createdAt + (fault?.retrieveLagMs ?? 0),
    cancelAt: fault?.canceledAfterMs === undefined ? null : createdAt + fault.canceledAfterMs,
    cancelIsIgnored: false,
    deletedAt: null,
    deletedAfterMs: fault?.deletedAfterMs ?? null,
    settled: null,
  }
}
