import type { VirtualClock } from '../clock/virtual-clock.js'
import type {
  Ledger,
  LedgerBatch,
  LedgerPost,
  LedgerRow,
  LedgerSummary,
  WireUsage,
} from '../model/index.js'

const NANO_PER_USD = 1_000_000_000n

/** Something that was billed: a success of an ended batch, or a real-time message. */
export interface BilledRow extends LedgerRow {
  readonly outcome: 'succeeded'
  /** Model id, without alias. */
  readonly model: string
  readonly usage: WireUsage
  /** Cost in USD as decimal text, such as `0.000042`; null if no price is known. */
  readonly costUsd: string | null
}

/** The ledger of a running emulator: {@link Ledger}, always at the time of its clock. */
export class BoundLedger {
  readonly #ledger: Ledger
  readonly #clock: VirtualClock

  constructor(ledger: Ledger, clock: VirtualClock) {
    this.#ledger = ledger
    this.#clock = clock
  }

  /** Every create POST, in the order of their first bytes. */
  posts(): readonly LedgerPost[] {
    return this.#ledger.posts()
  }

  /** Every batch accepted so far, deleted ones and strangers' included. */
  accepted(): readonly LedgerBatch[] {
    return this.#ledger.accepted(this.#clock.now())
  }

  /**
   * Everything that is billed by now, row by row: a batch counts once it has ended, and what came of a request that was
   * sent twice is here twice.
   */
  billed(): readonly BilledRow[] {
    return this.#ledger.billed(this.#clock.now()).flatMap(billedRowOf)
  }

  /** Every row of every batch that has ended, then every real-time message, one at a time. */
  rows(): Generator<LedgerRow> {
    return this.#ledger.rows(this.#clock.now())
  }

  /** Figures by now. */
  summary(): LedgerSummary {
    return this.#ledger.summary(this.#clock.now())
  }
}

function billedRowOf(row: LedgerRow): BilledRow[] {
  const { outcome, model, usage, nanoUsd } = row
  if (outcome !== 'succeeded' || model === null || usage === null) return []
  return [{ ...row, outcome, model, usage, costUsd: nanoUsd === null ? null : usdText(nanoUsd) }]
}

function usdText(nanoUsd: bigint): string {
  const rest = String(nanoUsd % NANO_PER_USD).padStart(9, '0')
  return `${nanoUsd / NANO_PER_USD}.${rest}`.replace(/\.?0+$/, '')
}
