import { CANARY_ID, CUSTOM_ID_LENGTH, parseCustomId } from '@halfrate/core'
import {
  type Answer,
  type Caller,
  type CreateUpload,
  DEFAULT_CALLER,
  type FaultByOp,
  type LedgerBatch,
  ProviderModel,
  type ReplyHook,
  type ResultsAnswer,
  type WireBatch,
  type WireBatchPage,
} from '@halfrate/emulator/model'
import { Draw } from '../chance/draw.js'
import type { FaultKind } from '../faults/fault-kind.js'
import { AccountOutage } from './account-outage.js'
import { drawCreateFault } from './create-fault.js'
import { FateBook } from './fate-book.js'
import { Outages } from './outages.js'
import { drawResultsFault } from './results-fault.js'
import { planReply } from './row-reply.js'
import { SimMessages } from './sim-messages.js'
import type { SimProviderOptions } from './sim-provider-options.js'
import { strangersId } from './strangers-id.js'

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
  /** What it did to rows, batches and files. */
  readonly fates: FateBook = new FateBook()
  /** The part that answers in real time. */
  readonly messages: SimMessages
  readonly #options: SimProviderOptions
  readonly #missing: Outages
  readonly #unreadable: Outages
  readonly #outage = new AccountOutage()

  constructor(options: SimProviderOptions) {
    this.#options = options
    const { sizes } = options
    this.#missing = new Outages(sizes.flapMs)
    this.#unreadable = new Outages(sizes.unreadableMs)
    this.model = new ProviderModel({
      seed: options.draw.bits(),
      turnaroundMs: options.turnaroundMs,
      prices: options.prices,
    })
    this.model.reply(this.#reply)
    const { model, fates } = this
    const refusedForAll = (): FaultByOp['create'] | null => this.#refusedForAll()
    this.messages = new SimMessages({
      ...{ ...options, model, fates, refusedForAll },
      now: () => this.now,
    })
  }

  /** The provider's own clock. */
  get now(): number {
    return this.#options.scheduler.now + this.#options.sizes.providerOffsetMs
  }

  /** Whether a batch was made by a canary, which belongs to no submission. */
  isCanary({ postIndex }: LedgerBatch): boolean {
    const post = postIndex === null ? undefined : this.model.ledger.posts()[postIndex]
    return post?.firstCustomId === CANARY_ID
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
    const { strikes, sizes, draw } = this.#options
    const refused = this.#refusedForAll()
    const { fault, kinds } =
      refused === null ? drawCreateFault(strikes, sizes, draw) : { fault: refused, kinds: [] }
    for (const kind of kinds) this.#note(kind, `create of ${rows.length}: ${JSON.stringify(fault)}`)
    if (kinds.includes('refused')) {
      upload.refuse({ status: 400, message: 'requests: synthetic refusal', code: null })
    }
    this.#judgeProjects(rows)
    for (const row of rows) this.#addRow(upload, row)
    if (rows.some((row) => this.#isPoison(row))) {
      upload.refuse({ status: 400, message: 'requests: synthetic poison', code: null })
    }
    const answer = this.#strike('create', fault, () => upload.finish({ now: this.now, bytes }))
    if (isAboutBatch(answer) && fault?.error !== 'own_limit') {
      this.fates.refused({ at: this.now, customIds: rows.map(({ custom_id }) => custom_id) })
    }
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
    const repeats = afterId !== null && this.#strikes('list_repeats')
    if (repeats) this.#note('list_repeats', `after ${afterId}`)
    const cursor = afterId === null || repeats ? {} : { afterId }
    const fault = this.#readFault('list', null)
    return this.#strike('list', fault, () => this.model.list({ now: this.now, limit, ...cursor }))
  }

  /** Cancels a batch. */
  cancel(id: string): Answer<WireBatch> {
    const isIgnored = this.#strikes('cancel_ignored')
    if (isIgnored) this.#note('cancel_ignored', id)
    const fault = isIgnored ? { ignored: true } : null
    return this.#strike('cancel', fault, () => this.model.cancel({ now: this.now, id }))
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

  // What is wrong with the account, or asked of it, strikes every create whatever is in it.
  #refusedForAll(): FaultByOp['create'] | null {
    const { draw } = this.#options
    if (this.#strikes('account_outage')) {
      this.#note('account_outage', this.#outage.begin(this.now, draw))
    }
    const outage = this.#isOut() ? this.#outage.createFault(this.now) : null
    if (outage !== null) return outage
    if (!this.#strikes('ramp_limited')) return null
    this.#note('ramp_limited', 'create')
    return { error: 'ramp_limit', retryAfterSeconds: draw.whole(1, 600) }
  }

  #isOut(): boolean {
    return this.#options.strikes.isOn('account_outage')
  }

  // One batch is one project's, whoever looks at it. I14.
  #judgeProjects(rows: readonly UploadedRow[]): void {
    const projects = new Set<string>()
    for (const { custom_id } of rows) {
      const parts = parseCustomId(custom_id)
      const request = parts === null ? undefined : this.#options.book.get(parts.requestId)
      if (request !== undefined) projects.add(request.project)
    }
    if (projects.size < 2) return
    const names = [...projects].join(' and ')
    this.#options.onViolation('I14', `A batch of ${rows.length} has requests of ${names}.`)
  }

  // The same requests are poison whenever they come, until everything is well again.
  #isPoison({ custom_id }: UploadedRow): boolean {
    const { strikes, book, poisonShare } = this.#options
    if (!strikes.isOn('row_poison')) return false
    const parts = parseCustomId(custom_id)
    const request = parts === null ? undefined : book.get(parts.requestId)
    if (request === undefined || !new Draw(request.id, 'poison').chance(poisonShare)) return false
    if (!strikes.counted('row_poison')) return false
    this.#note('row_poison', custom_id)
    return true
  }

  readonly #reply: ReplyHook = ({ customId: onWire, params }) => {
    const customId = onWire ?? this.messages.calls.current
    const parts = parseCustomId(customId ?? '')
    const request = parts === null ? undefined : this.#options.book.get(parts.requestId)
    const content = String(params.messages[0]?.content ?? '')
    if (request === undefined || content !== request.token) {
      this.#options.onViolation('wrong_body', `${customId} was sent with the body of ${content}.`)
    }
    const tail = customId?.slice(CUSTOM_ID_LENGTH)
    if (onWire !== null && request !== undefined && tail !== request.tail) {
      this.#options.onViolation('wrong_tail', `${customId} does not end in "${request.tail}".`)
    }
    const metadata = params.metadata as { readonly user_id?: string } | undefined
    const file = metadata?.user_id
    if (request !== undefined && file !== request.file) {
      this.#options.onViolation('wrong_body', `${customId} was sent with the file ${file}.`)
    }
    const { ownUnusable } = this.#options
    const asked = { token: content, model: params.model, ownUnusable }
    const plan = planReply(asked, this.#options.strikes, this.#options.draw)
    const { kind, reply } = plan
    const asks = { model: String(params.model), maxTokens: Number(params.max_tokens) }
    const sent = { ...asks, turns: params.messages.length }
    this.fates.planned(customId ?? '', { ...plan, ...sent })
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
    const refused = this.#isOut() ? this.#outage.readFault(this.now) : null
    if (refused !== null) return refused
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
    const frozenAt = op === 'list' ? this.#frozenListAt() : null
    if (frozenAt !== null) return { staleMs: this.#options.scheduler.now - frozenAt }
    if (op === 'results' || !this.#strikes('stale')) return null
    const staleMs = Math.round(this.#options.sizes.staleMs * draw.fraction())
    this.#note('stale', `${op} ${id ?? ''} ${staleMs} ms`)
    return { staleMs }
  }

  #frozenListAt(): number | null {
    return this.#options.windows.sinceOf('list_frozen', this.#options.scheduler.now)
  }

  #drawResults(id: string): ReturnType<typeof drawResultsFault> {
    const rows = [...this.model.ledger.rowsOf(id)].length
    const mayBeEmpty = this.#unreadable.mayStrike(id, this.now)
    return drawResultsFault(this.#options.strikes, { rows, mayBeEmpty }, this.#options.draw)
  }

  #noteResults(id: string, drawn: ReturnType<typeof drawResultsFault>, wasUsed: boolean): void {
    if (!wasUsed || drawn.kind === null) return
    this.#note(drawn.kind, `results ${id}: ${JSON.stringify(drawn.fault)}`)
    if (drawn.isContradicted) this.fates.contradicted(id)
    if (SHORT_FILES.has(drawn.kind)) this.fates.cameShort(id)
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
      if (!this.#options.losesStrangers || !draw.chance(0.5)) return
      scheduler.after(turnaroundMs + draw.logWhole(1, 3_600_000), () => {
        this.model.deleteByOthers({ now: this.now, id })
        this.#note('deleted_by_others', `${id}, a stranger's`)
      })
    })
  }

  #strikes(kind: FaultKind): boolean {
    return this.#options.strikes.at(kind, this.#options.draw)
  }

  #strike<Op extends 'cancel' | 'create' | 'retrieve' | 'list' | 'results' | 'row', T>(
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

// Kinds of faults that leave rows out of a file.
const SHORT_FILES: ReadonlySet<FaultKind> = new Set(['cut', 'stalled', 'omitted'])

const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422])

function isAboutBatch(answer: Answer<WireBatch>): boolean {
  return answer.type === 'response' && REFUSALS.has(answer.status)
}
