import type { LedgerRow } from '@halfrate/emulator/model'
import { type BookedCall, callIdOf } from '../provider/call-book.js'

/**
 * What was billed, with calls in real time under the ids that items of their sends would have borne, and under their own name in
 * place of a batch: the provider's ledger has none for them.
 */
export function billedRows(
  billed: readonly LedgerRow[],
  calls: readonly BookedCall[],
): readonly LedgerRow[] {
  let next = 0
  return billed.map((row) => {
    if (row.batchId !== null) return row
    const call = calls[next]
    next += 1
    return call === undefined ? row : { ...row, customId: call.customId, batchId: callIdOf(call) }
  })
}
