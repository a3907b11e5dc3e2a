import { parseCustomId } from '@halfrate/core'
import {
  type Answer,
  type Caller,
  type CreateUpload,
  DEFAULT_CALLER,
  type FaultByOp,
  type PriceTable,
  ProviderModel,
  type ReplyHook,
  type ResultsAnswer,
  type WireBatch,
  type WireBatchPage,
} from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'
import type { FaultLog } from '../faults/fault-log.js'
import type { FaultKind, FaultPlan } from '../faults/fault-plan.js'
import type { Scheduler } from '../time/scheduler.js'
import { drawCreateFault } from './create-fault.js'
import { Outages } from './outages.js'
import type { RequestBook } from './request-book.js'
import { drawResultsFault } from './results-fault.js'
import { planReply } from './row-reply.js'

/** What the provider of a run is made from. */
export interface SimProviderOptions {
  readonly scheduler: Scheduler
  readonly draw: Draw
  readonly plan: FaultPlan
  readonly log: FaultLog
  readonly book: RequestBook
  readonly prices: PriceTable
  readonly turnaroundMs: readonly [number, number]
  /** Called when something happens that must never. */
  readonly onViolation: (invariant: string, message: string) => void
}

/** One row of a create body. */
export interface UploadedRow {
  readonly custom_id: string
  readonly params: unknown
}

/** A results file, and whether a line of it is to be contradicted beforehand. */
export interface ResultsFile {
  readonly answer: ResultsAnswer
  readonly isContradicted: boolean
}

/** The provider of a run: the emulator's model, with the faults that the seed's plan has for it. */
export class SimProvider {
  readonly model: ProviderModel
  readonly #options: SimProviderOptions
  readonly #missing: Outages
  readonly #unreadable: Outages
  #plan: FaultPlan

  constructor(options: SimProviderOptions) {
    this.#options = options
    this.#plan = options.plan
    const { sizes } = options.plan
    this.#missing = new Outages(sizes.flapMs)
    this.#unreadable = new Outages(sizes.unreadableMs)
    this.model = new ProviderModel({
      seed: options.draw.bits(),
      turnaroundMs: options.turnaroundMs,
      prices: options.prices,
    })
    this.model.reply(this.#reply)
  }

  /** The provider's own clock. */
  get now(): number {
    return this.#options.scheduler.now + this.#options.plan.sizes.providerOffsetMs
  }

  /** From now on nothing goes wrong; what is wrong already stays so. */
  heal(): void {
    this.#plan = { ...this.#plan, rates: new Map() }
  }

  /** Begins a create call. */
  openCreate(caller: Partial<Caller>): CreateUpload {
    return this.model.beginCreate({ now: this.now, caller: { ...DEFAULT_CALLER, ...caller } })
  }

  /** The last byte of a create call has come. */
  finishCreate(
    upload: CreateUpload,
    rows: readonly UploadedRow[],
    bytes: number,
  ): Answer<WireBatch> {
    const { fault, kinds } = drawCreateFault(this.#plan, this.#options.draw)
    for (const kind of kinds) this.#note(kind, `create of ${rows.length}: ${JSON.stringify(fault)}`)
    if (kinds.includes('refused')) {
      upload.refuse({ status: 400, message: 'requests: synthetic refusal', code: null })
    }
    for (const row of rows) this.#addRow(upload, row)
    const answer = this.#strike('create', fault, () => upload.finish({ now: this.now, bytes }))
    this.#maybeForeign(rows.length)
    return answer
  }

  /** Shows one batch. */
  retrieve(id: string): Answer<WireBatch> {
    const fault = this.#readFault('retrieve', id)
    return this.#strike('retrieve', fault, () => this.model.retrieve({ now: this.now, id }))
  }

  /** Shows a page of the list. */
  list(afterId: string | null, limit: number): Answer<WireBatchPage> {
    const cursor = afterId === null ? {} : { afterId }
    const fault = this.#readFault('list', null)
    return this.#strike('list', fault, () => this.model.list({ now: this.now, limit, ...cursor }))
  }

  /** Cancels a batch. */
  cancel(id: string): Answer<WireBatch> {
    return this.model.cancel({ now: this.now, id })
  }

  /** The results file of a batch. */
  results(id: string): ResultsFile {
    const read = this.#readFault('results', id)
    const drawn = this.#drawResults(id)
    const fault = read ?? drawn.fault
    const answer = this.#strike('results', fault, () => this.model.results({ now: this.now, id }))
    if (answer.type === 'lines') this.#noteResults(id, drawn, read === null)
    return { answer, isContradicted: read === null && drawn.isContradicted }
  }

  readonly #reply: ReplyHook = ({ customId, params }) => {
    const parts = parseCustomId(customId ?? '')
    const request = parts === null ? undefined : this.#options.book.get(parts.requestId)
    const content = String(params.messages[0]?.content ?? '')
    if (request === undefined || content !== request.token) {
      this.#options.onViolation('wrong_body', `${customId} was sent with the body of ${content}.`)
    }
    const { kind, reply } = planReply(content, this.#plan, this.#options.draw)
    if (kind !== null) this.#note(kind, `${content}: ${JSON.stringify(reply)}`)
    return reply
  }

  #addRow(upload: CreateUpload, row: UploadedRow): void {
    const item = { customId: row.custom_id, params: row.params }
    const kind = (['row_held', 'row_expired'] as const).find((each) => this.#strikes(each))
    if (kind === undefined) {
      upload.add(item)
      return
    }
    this.#note(kind, row.custom_id)
    const fault = { outcome: 'expired', early: kind === 'row_expired' } as const
    this.#strike('row', fault, () => upload.add(item))
  }

  #readFault(op: 'retrieve' | 'list' | 'results', id: string | null): FaultByOp['retrieve'] | null {
    const { draw } = this.#options
    const isOut = id !== null && this.#missing.mayStrike(id, this.now) && this.#strikes('flap')
    if (isOut) {
      this.#missing.struck(id, this.now)
      this.#note('flap', `${op} ${id}`)
      return { error: op === 'results' ? 'no_results' : 'not_found' }
    }
    if (this.#strikes('read_error')) {
      const error = draw.pick([
        'api_error',
        'overloaded',
        'unavailable',
        'rate_limit',
        'lost',
      ] as const)
      this.#note('read_error', `${op} ${id ?? ''} ${error}`)
      return error === 'lost' ? { loseResponse: true } : { error }
    }
    if (id !== null) this.#missing.healed(id)
    if (op === 'results' || !this.#strikes('stale')) return null
    const staleMs = Math.round(this.#options.plan.sizes.staleMs * draw.fraction())
    this.#note('stale', `${op} ${id ?? ''} ${staleMs} ms`)
    return { staleMs }
  }

  #drawResults(id: string): ReturnType<typeof drawResultsFault> {
    const rows = [...this.model.ledger.rowsOf(id)].length
    const mayBeEmpty = this.#unreadable.mayStrike(id, this.now)
    return drawResultsFault(this.#plan, { rows, mayBeEmpty }, this.#options.draw)
  }

  #noteResults(id: string, drawn: ReturnType<typeof drawResultsFault>, wasUsed: boolean): void {
    if (!wasUsed || drawn.kind === null) return
    this.#note(drawn.kind, `results ${id}: ${JSON.stringify(drawn.fault)}`)
    if (drawn.fault?.cutAfterLines === 0) this.#unreadable.struck(id, this.now)
  }

  // Strangers who make batches of our sizes at our times are the ones that are hard to tell from ours.
  #maybeForeign(count: number): void {
    if (!this.#strikes('foreign_batch')) return
    const { draw, scheduler } = this.#options
    const turnaroundMs = draw.logWhole(60_000, draw.chance(0.1) ? 86_000_000 : 7_200_000)
    const isOfOurForm = draw.chance(0.3)
    const customIds = Array.from({ length: count }, (_, row) => strangersId(row, draw))
    const made = isOfOurForm ? { count, turnaroundMs, customIds } : { count, turnaroundMs }
    scheduler.after(draw.logWhole(1, 600_000), () => {
      const id = this.model.addForeignBatch({ now: this.now, ...made })
      this.#note('foreign_batch', `${id} of ${count}${isOfOurForm ? ', ids of our form' : ''}`)
    })
  }

  #strikes(kind: FaultKind): boolean {
    const rate = this.#plan.rates.get(kind)
    return rate !== undefined && this.#options.draw.chance(rate)
  }

  #strike<Op extends 'create' | 'retrieve' | 'list' | 'results' | 'row', T>(
    op: Op,
    fault: FaultByOp[Op] | null,
    call: () => T,
  ): T {
    if (fault === null) return call()
    const handle = this.model.fault(op, fault)
    try {
      return call()
    } finally {
      handle.remove()
    }
  }

  #note(kind: FaultKind, detail: string): void {
    this.#options.log.add(kind, detail)
  }
}

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

// Another store may use the same workspace: its ids have our form, and a seal that is not ours.
function strangersId(row: number, draw: Draw): string {
  let text = 'h1'
  for (let index = 0; index < 40; index += 1) {
    text += index < 11 ? String(row % 10) : DIGITS[draw.whole(0, 31)]
  }
  return text
}
