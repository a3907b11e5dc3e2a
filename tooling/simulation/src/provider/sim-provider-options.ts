import type { PriceTable } from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'
import type { FaultLog } from '../faults/fault-log.js'
import type { FaultSizes } from '../faults/fault-sizes.js'
import type { FaultWindows } from '../faults/fault-windows.js'
import type { Strikes } from '../faults/strikes.js'
import type { Scheduler } from '../time/scheduler.js'
import type { RequestBook } from './request-book.js'
import type { OwnUnusable } from './row-reply.js'

/** What the provider of a run is made from. */
export interface SimProviderOptions {
  readonly scheduler: Scheduler
  readonly draw: Draw
  readonly sizes: FaultSizes
  readonly strikes: Strikes
  readonly windows: FaultWindows
  /** Whether somebody deletes strangers' batches too. */
  readonly losesStrangers: boolean
  readonly log: FaultLog
  readonly book: RequestBook
  readonly prices: PriceTable
  readonly turnaroundMs: readonly [number, number]
  /** How answers are of no use, beside being cut off and refused. */
  readonly ownUnusable: OwnUnusable
  /** Of the requests of a seed with poison. */
  readonly poisonShare: number
  /** Called when something happens that must never. */
  readonly onViolation: (invariant: string, message: string) => void
}
