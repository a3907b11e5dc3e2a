import { parseCustomId } from '@halfrate/core'
import type { Ledger, LedgerBatch } from '@halfrate/emulator/model'
import { callIdOf } from '../provider/call-book.js'

interface KnownBatch {
  readonly batch: LedgerBatch
  /** The nonce in its ids; null for a stranger's. */
  readonly nonce: string | null
}

/** Whose batches are, by the provider's own books: what evidence and verdicts are held against as they are written. */
export class LedgerWatch {
  readonly #ledger: Ledger
  readonly #now: () => number
  readonly #known = new Map<string, KnownBatch>()

  /** `now` is the provider's clock. */
  constructor(ledger: Ledger, now: () => number) {
    this.#ledger = ledger
    this.#now = now
    ledger.subscribe((event) => {
      if (event.type === 'accepted') this.#see(event.batch)
    })
  }

  /** Whether the batch was made from the send that bears the nonce. */
  isOf(batchId: string, nonce: string): boolean {
    // Calls in real time have no batch; whether they were answered is judged in the end.
    if (batchId === callIdOf({ nonce })) return true
    return this.#known.get(batchId)?.nonce === nonce
  }

  /** A batch that came of the send with this nonce and is there by now; null when none is. */
  batchOf(nonce: string): string | null {
    for (const { batch, nonce: theirs } of this.#known.values()) {
      if (theirs === nonce && batch.createdAt <= this.#now()) return batch.batchId
    }
    return null
  }

  #see(batch: LedgerBatch): void {
    const [first] = this.#ledger.rowsOf(batch.batchId)
    const nonce = batch.isForeign ? null : (parseCustomId(first?.customId ?? '')?.nonce ?? null)
    this.#known.set(batch.batchId, { batch, nonce })
  }
}
