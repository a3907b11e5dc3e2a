import type { VirtualClock } from '../clock/virtual-clock.js'
import type { Ledger, LedgerBatch, LedgerPost, LedgerRow, LedgerSummary } from '../model/index.js'

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

  /** Everything that is billed by now. */
  billed(): LedgerRow[] {
    return this.#ledger.billed(this.#clock.now())
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
