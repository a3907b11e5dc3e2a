import { type Batch, deletionOf, endOf, outcomeOf } from './batch.js'
import { modelAt } from './catalogue.js'
import { costNanoUsd, type PriceTable } from './cost.js'
import type { FaultOp } from './fault.js'
import { fullUsageOf } from './render-message.js'
import { COLUMN, RowTable } from './row-table.js'
import type { WireOutcome, WireUsage } from './wire.js'

/** What became of a create POST, whatever its sender got to see. */
export type PostVerdict = 'uploading' | 'accepted' | 'refused' | 'lost' | 'aborted'

/** One create POST as the provider saw it. */
export interface LedgerPost {
  /** Position among all POSTs, from 0. */
  readonly index: number
  readonly workspaceId: string | null
  /** When the first byte came. Epoch milliseconds. */
  readonly startedAt: number
  /** When the last byte came or the sender gave up; null while it goes on. Epoch milliseconds. */
  readonly finishedAt: number | null
  /** `accepted` also if the answer was lost; `lost`, the request never got in; `aborted`, it broke off before its end. */
  readonly verdict: PostVerdict
  /** Requests seen. */
  readonly count: number
  /** First custom id seen, which tells whose POST it was; null if none was. */
  readonly firstCustomId: string | null
  /** Status of the answer that was given or, if it was lost, would have been; null before the end. */
  readonly status: number | null
  /** Batches that came of it: none, one, or two if a proxy doubled it. */
  readonly batchIds: readonly string[]
}

/** One batch that was accepted. */
export interface LedgerBatch {
  readonly batchId: string
  /** The POST that made it; null for a stranger's. */
  readonly postIndex: number | null
  readonly workspaceId: string
  readonly createdAt: number
  readonly count: number
  /** Made by a stranger through {@link ProviderModel.addForeignBatch}. */
  readonly isForeign: boolean
  /** The batch of the same POST that came first, if a proxy doubled it. */
  readonly twinOf: string | null
  /** When it ends, as things stand. Epoch milliseconds. */
  readonly endsAt: number
  /** When it was or will be deleted; null if not. Epoch milliseconds. */
  readonly deletedAt: number | null
  /** The custom ids in the order of the upload, made anew at each call. */
  customIds(): string[]
}

/** One row of an ended batch, or one real-time message. */
export interface LedgerRow {
  readonly route: 'batch' | 'realtime'
  /** Null for a real-time message. */
  readonly batchId: string | null
  /** Null for a real-time message. */
  readonly customId: string | null
  readonly isForeign: boolean
  readonly workspaceId: string
  /** When its batch ended, or the message was answered. Epoch milliseconds. */
  readonly billedAt: number
  /** On which day's prices: when its batch was made, or the message was answered. Epoch milliseconds. */
  readonly pricedAt: number
  readonly outcome: WireOutcome
  /** Model id; null for a row that did not succeed. */
  readonly model: string | null
  /** Tokens billed; null for a row that did not succeed, which is free. */
  readonly usage: WireUsage | null
  /** Cost in nano-dollars: 0 for a free row, null if no price is known. */
  readonly nanoUsd: bigint | null
}

/** Figures of the whole ledger at one instant. */
export interface LedgerSummary {
  readonly posts: number
  readonly accepted: number
  /** Rows of ended batches by outcome, strangers' left out. */
  readonly rows: Readonly<Record<WireOutcome, number>>
  /** Real-time messages that were billed. */
  readonly messages: number
  readonly deleted: number
  /** Sum of all known costs. Nano-dollars; null without prices. */
  readonly nanoUsd: bigint | null
  /** Successes without a known price. */
  readonly unpriced: number
  /** Calls by operation, refused ones included. */
  readonly calls: Readonly<Partial<Record<FaultOp, number>>>
  /** Fault strikes by operation. */
  readonly faults: Readonly<Partial<Record<FaultOp, number>>>
}

/** What the ledger tells a listener, as it happens. */
export type LedgerEvent =
  | { readonly type: 'post'; readonly post: LedgerPost }
  | { readonly type: 'accepted'; readonly batch: LedgerBatch }
  | { readonly type: 'deleted'; readonly batchId: string; readonly at: number }
  | { readonly type: 'message'; readonly row: LedgerRow }

/** By whom and when a message was asked for. */
export interface MessageCall {
  readonly now: number
  readonly workspaceId: string
}

/** What the ledger reads from the model it belongs to. */
export interface LedgerSource {
  readonly prices: PriceTable | null
  faultsFired(): LedgerSummary['faults']
}

/**
 * The provider's own books: what was really posted, accepted and billed, whatever the callers got
 * to see. The independent judge of a client.
 *
 * Billing is by the end of a batch: rows of batches that have not ended at `now` are not in it yet.
 */
export class Ledger {
  readonly #source: LedgerSource
  readonly #posts: LedgerPost[] = []
  readonly #batches: { batch: Batch; postIndex: number | null }[] = []
  readonly #messages = new RowTable()
  readonly #messageCalls: MessageCall[] = []
  readonly #listeners = new Set<(event: LedgerEvent) => void>()
  readonly #calls = new Map<FaultOp, number>()

  constructor(source: LedgerSource) {
    this.#source = source
  }

  /** Every create POST, in the order of their first bytes. */
  posts(): readonly LedgerPost[] {
    return this.#posts
  }

  /** Every batch accepted up to `now` (default: all, also those that come into being later), deleted ones and strangers' included. */
  accepted(now: number = Number.POSITIVE_INFINITY): readonly LedgerBatch[] {
    return this.#batches.filter(({ batch }) => batch.createdAt <= now).map(ledgerBatchOf)
  }

  /** Everything that is billed at `now`: successes of ended batches, then real-time messages. Strangers' rows are left out. */
  billed(now: number): LedgerRow[] {
    const billed: LedgerRow[] = []
    for (const row of this.rows(now)) {
      if (row.outcome === 'succeeded' && !row.isForeign) billed.push(row)
    }
    return billed
  }

  /** Every row of every batch ended at `now`, then every real-time message, one at a time. */
  *rows(now: number): Generator<LedgerRow> {
    for (const { batch } of this.#batches) {
      if (now >= endOf(batch)) yield* this.#rowsOf(batch)
    }
    for (let row = 0; row < this.#messages.length; row++) yield this.#message(row)
  }

  /** The rows of one batch, as it ends as things stand; none if there is no such batch. */
  *rowsOf(batchId: string): Generator<LedgerRow> {
    const found = this.#batches.find(({ batch }) => batch.id === batchId)
    if (found !== undefined) yield* this.#rowsOf(found.batch)
  }

  /** Figures at `now`. Goes through all rows. */
  summary(now: number): LedgerSummary {
    const rows = { succeeded: 0, errored: 0, canceled: 0, expired: 0 }
    const money = { nanoUsd: 0n, unpriced: 0 }
    for (const row of this.rows(now)) {
      if (row.isForeign) continue
      if (row.route === 'batch') rows[row.outcome]++
      if (row.nanoUsd === null) money.unpriced++
      money.nanoUsd += row.nanoUsd ?? 0n
    }
    return {
      posts: this.#posts.length,
      accepted: this.accepted(now).filter((batch) => !batch.isForeign).length,
      rows,
      messages: this.#messages.length,
      deleted: this.#batches.filter(({ batch }) => deletionOf(batch) <= now).length,
      nanoUsd: this.#source.prices === null ? null : money.nanoUsd,
      unpriced: money.unpriced,
      calls: Object.fromEntries(this.#calls),
      faults: this.#source.faultsFired(),
    }
  }

  /** Tells a listener what happens from now on. Returns the way to stop it. */
  subscribe(listener: (event: LedgerEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Books a call. For the model only. */
  bookCall(op: FaultOp): void {
    this.#calls.set(op, (this.#calls.get(op) ?? 0) + 1)
  }

  /** Opens the entry of a POST and returns its index. For the model only. */
  openPost(startedAt: number, workspaceId: string | null): number {
    const index = this.#posts.length
    this.#posts.push({
      index,
      workspaceId,
      startedAt,
      finishedAt: null,
      verdict: 'uploading',
      count: 0,
      firstCustomId: null,
      status: null,
      batchIds: [],
    })
    return index
  }

  /** Completes the entry of a POST. For the model only. */
  closePost(index: number, rest: Omit<LedgerPost, 'index' | 'workspaceId' | 'startedAt'>): void {
    const opened = this.#posts[index]
    if (opened === undefined) return
    const post = { ...opened, ...rest }
    this.#posts[index] = post
    this.#tell({ type: 'post', post })
  }

  /** Books a batch. For the model only. */
  bookBatch(batch: Batch, postIndex: number | null): void {
    const entry = { batch, postIndex }
    this.#batches.push(entry)
    this.#tell({ type: 'accepted', batch: ledgerBatchOf(entry) })
  }

  /** Books a deletion. For the model only. */
  bookDeletion(batchId: string, at: number): void {
    this.#tell({ type: 'deleted', batchId, at })
  }

  /** Books a real-time message, the one row of a table. For the model only. */
  bookMessage({ now, workspaceId }: MessageCall, append: (messages: RowTable) => void): void {
    append(this.#messages)
    this.#messageCalls.push({ now, workspaceId })
    this.#tell({ type: 'message', row: this.#message(this.#messages.length - 1) })
  }

  *#rowsOf(batch: Batch): Generator<LedgerRow> {
    for (let row = 0; row < batch.rows.length; row++) {
      const outcome = outcomeOf(batch, row)
      const isBilled = outcome === 'succeeded'
      yield {
        route: 'batch',
        batchId: batch.id,
        customId: batch.rows.customId(row),
        isForeign: batch.isForeign,
        workspaceId: batch.workspaceId,
        billedAt: endOf(batch),
        pricedAt: batch.createdAt,
        outcome,
        ...(isBilled
          ? this.#bill({ rows: batch.rows, row, serviceTier: 'batch' }, batch.createdAt)
          : FREE),
      }
    }
  }

  #message(row: number): LedgerRow {
    const { now: billedAt, workspaceId } = this.#messageCalls[row] ?? { now: 0, workspaceId: '' }
    return {
      route: 'realtime',
      batchId: null,
      customId: null,
      isForeign: false,
      workspaceId,
      billedAt,
      pricedAt: billedAt,
      outcome: 'succeeded',
      ...this.#bill({ rows: this.#messages, row, serviceTier: 'standard' }, billedAt),
    }
  }

  // By the prices of the day on which the batch was made.
  #bill(
    answer: Parameters<typeof fullUsageOf>[0],
    at: number,
  ): Pick<LedgerRow, 'model' | 'usage' | 'nanoUsd'> {
    const usage = fullUsageOf(answer)
    const model = modelAt(answer.rows.get(answer.row, COLUMN.model)).id
    const { prices } = this.#source
    const nanoUsd = prices === null ? null : costNanoUsd(usage, model, prices, at)
    return { model, usage, nanoUsd }
  }

  #tell(event: LedgerEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

const FREE: Pick<LedgerRow, 'model' | 'usage' | 'nanoUsd'> = {
  model: null,
  usage: null,
  nanoUsd: 0n,
}

function ledgerBatchOf(entry: { batch: Batch; postIndex: number | null }): LedgerBatch {
  const { batch, postIndex } = entry
  return {
    batchId: batch.id,
    postIndex,
    workspaceId: batch.workspaceId,
    createdAt: batch.createdAt,
    count: batch.rows.length,
    isForeign: batch.isForeign,
    twinOf: batch.twinOf,
    // A cancel or a deletion changes these, so they are worked out when asked.
    get endsAt(): number {
      return endOf(batch)
    },
    get deletedAt(): number | null {
      const deletedAt = deletionOf(batch)
      return Number.isFinite(deletedAt) ? deletedAt : null
    },
    customIds: () =>
      Array.from({ length: batch.rows.length }, (_, row) => batch.rows.customId(row)),
  }
}
