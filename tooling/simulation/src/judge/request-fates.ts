import { parseCustomId, type RequestId } from '@halfrate/core'
import type { Ledger, LedgerBatch } from '@halfrate/emulator/model'
import { type BookedCall, callIdOf } from '../provider/call-book.js'
import type { FateBook, RowFate } from '../provider/fate-book.js'
import type { FateRow } from './expected-end.js'

/** What the fates of requests are read from. */
export interface RequestFatesOptions {
  readonly ledger: Ledger
  readonly fates: FateBook
  /** The provider's clock. */
  readonly providerNow: number
  /** How far it is ahead of virtual time. */
  readonly providerOffsetMs: number
  readonly calls: readonly BookedCall[]
}

/** What became of each request by the provider's own books: its rows in the order of their batches, and refusals of it alone. */
export class RequestFates {
  readonly #rows = new Map<RequestId, FateRow[]>()
  readonly #refusedAlone = new Set<RequestId>()
  readonly #options: RequestFatesOptions

  constructor(options: RequestFatesOptions) {
    this.#options = options
    const { ledger, fates, providerNow } = options
    const batches = new Map(ledger.accepted().map((batch) => [batch.batchId, batch]))
    for (const { batchId, customId, outcome, isForeign } of ledger.rows(providerNow)) {
      const batch = batchId === null ? undefined : batches.get(batchId)
      if (!isForeign && batch !== undefined) this.#add(batch, customId ?? '', outcome)
    }
    for (const call of options.calls) this.#addCall(call)
    for (const rows of this.#rows.values()) rows.sort((a, b) => a.createdAt - b.createdAt)
    for (const { customIds } of fates.refusedCreates) {
      const id = customIds.length === 1 ? parseCustomId(customIds[0] ?? '')?.requestId : undefined
      if (id !== undefined) this.#refusedAlone.add(id)
    }
  }

  /** Every row of a request in a batch that ended. */
  rowsOf(id: RequestId): readonly FateRow[] {
    return this.#rows.get(id) ?? []
  }

  /** Whether a create was refused, for what stood in it, that held this request and no other. */
  wasRefusedAlone(id: RequestId): boolean {
    return this.#refusedAlone.has(id)
  }

  /** Whether a file said of this row that it had failed before it said that it succeeded. */
  wasContradicted({ batchId, outcome }: FateRow): boolean {
    return outcome === 'succeeded' && this.#options.fates.isContradicted(batchId)
  }

  #addCall(call: BookedCall): void {
    const endedAt = call.at - this.#options.providerOffsetMs
    const { begunAt: createdAt, customId, requestId, outcome, errorType, usability } = call
    const sent = sentBy(this.#options.fates.fateOf(customId), outcome)
    const ends = { outcome, errorType, usability, ...sent, mayBeUnseen: true, isCall: true }
    this.#put(requestId, {
      ...{ batchId: callIdOf(call), customId, createdAt, endedAt, batchCount: 1 },
      ...ends,
    })
  }

  #add(batch: LedgerBatch, customId: string, outcome: FateRow['outcome']): void {
    const requestId = parseCustomId(customId)?.requestId
    if (requestId === undefined) return
    const { fates, providerOffsetMs } = this.#options
    const { batchId } = batch
    const fate = fates.fateOf(customId)
    const row: FateRow = {
      batchId,
      customId,
      createdAt: batch.createdAt - providerOffsetMs,
      endedAt: batch.endsAt - providerOffsetMs,
      batchCount: batch.count,
      outcome,
      errorType: outcome === 'errored' ? (fate?.errorType ?? null) : null,
      usability: outcome === 'succeeded' ? (fate?.usability ?? null) : null,
      ...sentBy(fate, outcome),
      mayBeUnseen: fates.isShort(batchId),
      isCall: false,
    }
    this.#put(requestId, row)
  }

  #put(requestId: RequestId, row: FateRow): void {
    const rows = this.#rows.get(requestId)
    if (rows === undefined) this.#rows.set(requestId, [row])
    else rows.push(row)
  }
}

function sentBy(
  fate: RowFate | null,
  outcome: FateRow['outcome'],
): Pick<FateRow, 'isPaused' | 'model' | 'maxTokens' | 'turns'> {
  const { isPaused = false, model = null, maxTokens = null, turns = null } = fate ?? {}
  return { isPaused: isPaused && outcome === 'succeeded', model, maxTokens, turns }
}
