import { admit } from './admit.js'
import type { Answer, LinesResponse, NoAnswer, Response, ResultsAnswer } from './answer.js'
import { type Batch, isArchivedAt, statusAt } from './batch.js'
import { BatchShelf } from './batch-shelf.js'
import { Call, shownAnswer, takesEffect } from './call.js'
import type {
  BatchCallParams,
  BodyCallParams,
  CallParams,
  CreateParams,
  ForeignBatchParams,
  ListParams,
} from './call-params.js'
import { type Caller, DEFAULT_CALLER } from './caller.js'
import { listModels } from './catalogue.js'
import { createAnswer } from './create-answer.js'
import { CreateUpload, type GatheredUpload, postFacts } from './create-upload.js'
import type { CallOp, FaultByOp, FaultHandle, FaultOp } from './fault.js'
import { FaultBook } from './fault-book.js'
import { foreignBatch } from './foreign-batch.js'
import { Ledger } from './ledger.js'
import { listAnswer } from './list-answer.js'
import { countAnswer, messageAnswer } from './message-answer.js'
import { type ModelOptions, type ModelSettings, settingsOf } from './options.js'
import { PromptCache } from './prompt-cache.js'
import { organizationId, providerId } from './provider-id.js'
import { renderBatch } from './render-batch.js'
import type { ReplyHook } from './reply-hook.js'
import { resultFile } from './result-lines.js'
import { SeededRandom } from './seeded-random.js'
import { hashNumber } from './stable-hash.js'
import type {
  WireBatch,
  WireBatchPage,
  WireDeletedBatch,
  WireMessage,
  WireModelPage,
  WireTokenCount,
} from './wire.js'

/**
 * The Messages and Message Batches API as a value: every call takes the time and gives what the
 * wire would show. No timers, no I/O, no clock; chance comes from the seed alone, so the same calls
 * at the same instants get the same answers, to the byte.
 *
 * Wrong calls get the API's own error answers, they never throw. One model serves one thread.
 *
 * @example
 * const model = new ProviderModel({ seed: 7 })
 * const created = model.create({ now, items: [{ customId: 'a', params }] })
 * const later = model.retrieve({ now: now + 3_600_000, id })
 */
export class ProviderModel {
  /** What really happened. */
  readonly ledger: Ledger
  /** Checked options with the defaults filled in. */
  readonly settings: ModelSettings
  readonly #shelf = new BatchShelf()
  readonly #faults: FaultBook
  readonly #cache = new PromptCache()
  readonly #hooks: ReplyHook[] = []
  readonly #random: SeededRandom
  readonly #organizationId: string
  readonly #workspaceId: string
  #sequence = 0

  /** @throws {InvalidOptionError} when an option is out of range. */
  constructor(options: ModelOptions = {}) {
    this.settings = settingsOf(options)
    const { seed, prices } = this.settings
    this.#random = new SeededRandom(hashNumber('calls', seed))
    this.#organizationId = organizationId(this.#random)
    this.#workspaceId = providerId('wrkspc', this.#random)
    this.#faults = new FaultBook(seed)
    this.ledger = new Ledger({ prices, faultsFired: () => this.#faults.fired() })
  }

  /** Workspace of callers when {@link ModelOptions.workspaces} is not given, and of strangers. */
  get defaultWorkspaceId(): string {
    return this.#workspaceId
  }

  /**
   * Scripts a fault. It strikes by its own timing; the first one scripted wins at each call.
   *
   * @throws {InvalidFaultError} when a member is unknown or out of range; nothing is scripted then.
   */
  fault<Op extends FaultOp>(op: Op, fault: FaultByOp[Op]): FaultHandle {
    return this.#faults.add(op, fault)
  }

  /** Takes away all faults, or those of one operation. Late batches, lags and the like stay as they are. */
  clearFaults(op?: FaultOp): void {
    this.#faults.clear(op)
  }

  /** Lets a hook decide replies from now on, before those given earlier. Returns the way to take it away. */
  reply(hook: ReplyHook): () => void {
    this.#hooks.unshift(hook)
    return () => {
      const at = this.#hooks.indexOf(hook)
      if (at >= 0) this.#hooks.splice(at, 1)
    }
  }

  /**
   * Begins a create call; add its requests, then finish. A bad key or version is answered at the
   * end, like everything else. The batch exists from the instant of `finish` on.
   */
  beginCreate(params: CallParams): CreateUpload {
    const { now, caller = DEFAULT_CALLER } = params
    const sequence = ++this.#sequence
    const postIndex = this.ledger.openPost(now, this.#workspaceOf(caller))
    return new CreateUpload({
      maxRequests: this.settings.maxRequests,
      plan: {
        context: {
          isBatch: true,
          version: caller.version ?? DEFAULT_CALLER.version ?? '',
          betas: caller.betas,
          userProfileId: caller.userProfileId,
          now,
        },
        random: new SeededRandom(hashNumber(`rows ${sequence}`, this.settings.seed)),
        hooks: this.#hooks,
        nextFault: (params) => this.#faults.nextRow(params),
      },
      finish: (gathered, end) =>
        this.#finishCreate({ gathered, postIndex, caller, now: end.now, bytes: end.bytes ?? 0 }),
      abort: (gathered, at) =>
        this.ledger.closePost(postIndex, {
          ...postFacts(gathered, at),
          verdict: 'aborted',
          status: null,
          batchIds: [],
        }),
    })
  }

  /** A whole create call at once. */
  create(params: CreateParams): Answer<WireBatch> {
    const upload = this.beginCreate(params)
    for (const item of params.items) upload.add(item)
    return upload.finish({ now: params.now, bytes: params.bytes ?? 0 })
  }

  /** Shows a batch. Bears `retry-after: 10` until it has ended. */
  retrieve(params: BatchCallParams): Answer<WireBatch> {
    const { id } = params
    return this.#serve('retrieve', params, id, (call, fault) => {
      const at = call.now - (fault?.staleMs ?? 0)
      const batch = this.#shelf.find(id, call.workspaceId, call.now)
      if (batch === null) return call.notFound(id)
      // A stale view reaches back no further than the batch.
      const shown = this.#render(batch, call, Math.max(at, batch.createdAt))
      const wait = shown.processing_status === 'ended' ? {} : { 'retry-after': '10' }
      return call.ok(shown, { ...call.rateHeaders(), ...wait })
    })
  }

  /** A page of batches, newest first, of the caller's whole workspace. */
  list(params: ListParams): Answer<WireBatchPage> {
    return this.#serve('list', params, '', (call, fault) => {
      const now = call.now - (fault?.staleMs ?? 0)
      const render = (batch: Batch): WireBatch => this.#render(batch, call, now)
      return listAnswer({ call, shelf: this.#shelf, params, now, render })
    })
  }

  /** Cancels a batch. Again while `canceling`: the same batch. After its end: a 400. */
  cancel(params: BatchCallParams): Answer<WireBatch> {
    const { id } = params
    return this.#serve('cancel', params, id, (call, fault) => {
      const batch = this.#shelf.find(id, call.workspaceId, call.now)
      if (batch === null) return call.notFound(id)
      if (statusAt(batch, call.now) === 'ended') {
        return call.invalid(
          `Message Batch ${id} cannot be canceled because it has already finished processing.`,
        )
      }
      if (batch.cancelAt === null || batch.cancelAt > call.now) batch.cancelAt = call.now
      if (fault?.ignored === true) batch.cancelIsIgnored = true
      return call.ok(this.#render(batch, call, call.now))
    })
  }

  /** Deletes an ended batch. */
  delete(params: BatchCallParams): Answer<WireDeletedBatch> {
    const { id } = params
    return this.#serve('delete', params, id, (call) => {
      const batch = this.#shelf.find(id, call.workspaceId, call.now)
      if (batch === null) return call.notFound(id)
      if (statusAt(batch, call.now) !== 'ended') {
        return call.invalid(
          'In progress batches cannot be deleted. Consider canceling the batch instead.',
        )
      }
      this.#remove(batch, call.now)
      return call.ok({ id, type: 'message_batch_deleted' as const })
    })
  }

  /** The result file of an ended batch, line by line, in an order of its own. */
  results(params: BatchCallParams): ResultsAnswer {
    const { id } = params
    return this.#serve('results', params, id, (call, fault): LinesResponse | Response<never> => {
      const batch = this.#shelf.find(id, call.workspaceId, call.now)
      if (batch === null) return call.notFound(id)
      if (statusAt(batch, call.now) !== 'ended' || isArchivedAt(batch, call.now)) {
        return call.noResults(id)
      }
      const type = fault?.dropContentType === true ? {} : { 'content-type': 'application/x-jsonl' }
      const headers = { ...call.headers, ...call.rateHeaders(), ...type }
      return { type: 'lines', status: 200, headers, ...resultFile(batch, fault) }
    })
  }

  /** Answers one message in real time, and bills it. `stream` is refused: only whole answers are emulated. */
  createMessage(params: BodyCallParams): Answer<WireMessage> {
    return this.#serve('message', params, '', (call, fault) =>
      messageAnswer({
        call,
        body: params.body,
        fault,
        hooks: this.#hooks,
        random: this.#random,
        cache: this.#cache,
        book: (append) => this.ledger.bookMessage(call, append),
      }),
    )
  }

  /** Counts the tokens of a prompt, by the same estimate that replies are billed with. */
  countTokens(params: BodyCallParams): Answer<WireTokenCount> {
    return this.#serve('countTokens', params, '', (call) => countAnswer(call, params.body))
  }

  /** The models that are not retired, on one page. */
  models(params: CallParams): Answer<WireModelPage> {
    return this.#serve('models', params, '', (call) => call.ok(listModels(call.now)))
  }

  /** Puts a stranger's batch into a workspace of ours, and returns its id. All its rows succeed. */
  addForeignBatch(params: ForeignBatchParams): string {
    const batch = foreignBatch({
      settings: this.settings,
      sequence: ++this.#sequence,
      workspaceId: this.#workspaceId,
      params,
    })
    this.#shelf.add(batch)
    this.ledger.bookBatch(batch, null)
    return batch.id
  }

  /** Somebody else, in the provider's console, deletes a batch that has ended. False if there is none to delete. */
  deleteByOthers(params: { readonly now: number; readonly id: string }): boolean {
    const batch = this.#shelf.byId(params.id)
    if (batch === null || statusAt(batch, params.now) !== 'ended') return false
    this.#remove(batch, params.now)
    return true
  }

  /** Somebody else cancels a batch. False if there is none to cancel. */
  cancelByOthers(params: { readonly now: number; readonly id: string }): boolean {
    const batch = this.#shelf.byId(params.id)
    if (batch === null || batch.cancelAt !== null) return false
    if (statusAt(batch, params.now) === 'ended') return false
    batch.cancelAt = params.now
    return true
  }

  #serve<Op extends CallOp, Proper extends Answer<unknown> | LinesResponse>(
    op: Op,
    params: CallParams,
    subject: string,
    work: (call: Call, fault: FaultByOp[Op] | null) => Proper,
  ): Proper | Response<never> | NoAnswer {
    this.ledger.bookCall(op)
    const { now, caller = DEFAULT_CALLER } = params
    const call = this.#admit(now, caller)
    if (!(call instanceof Call)) return call
    const fault = this.#faults.next(op)
    const proper = takesEffect(fault) ? work(call, fault) : null
    return shownAnswer({ fault, proper, headers: call.headers, subject })
  }

  #admit(now: number, caller: Caller): Call | Response<never> {
    return admit({
      now,
      caller,
      workspaces: this.settings.workspaces,
      workspaceId: this.#workspaceOf(caller),
      organizationId: this.#organizationId,
      requestId: providerId('req', this.#random),
    })
  }

  #finishCreate(params: {
    readonly gathered: GatheredUpload
    readonly postIndex: number
    readonly caller: Caller
    readonly now: number
    readonly bytes: number
  }): Answer<WireBatch> {
    const { gathered, postIndex, now, bytes } = params
    const made: Batch[] = []
    let status: number | null = null
    const shown = this.#serve('create', params, '', (call, fault) => {
      const answer = createAnswer({
        call,
        fault,
        gathered,
        bytes,
        settings: this.settings,
        cache: this.#cache,
        queued: () => this.#shelf.queued(call.workspaceId, now),
        nextSequence: () => ++this.#sequence,
      })
      made.push(...answer.batches)
      for (const batch of answer.batches) this.#shelf.add(batch)
      status = answer.proper.status
      return answer.shown
    })
    const isRefused = made.length === 0 && (status !== null || shown.type === 'response')
    this.ledger.closePost(postIndex, {
      ...postFacts(gathered, now),
      verdict: made.length > 0 ? 'accepted' : isRefused ? 'refused' : 'lost',
      status: status ?? (shown.type === 'response' ? shown.status : null),
      batchIds: made.map((batch) => batch.id),
    })
    for (const batch of made) this.ledger.bookBatch(batch, postIndex)
    return shown
  }

  #render(batch: Batch, call: Call, now: number): WireBatch {
    return renderBatch(batch, { now, origin: call.origin, liveCounts: this.settings.liveCounts })
  }

  #remove(batch: Batch, now: number): void {
    batch.deletedAt = now
    this.ledger.bookDeletion(batch.id, now)
  }

  #workspaceOf(caller: Caller): string | null {
    const { workspaces } = this.settings
    if (workspaces === null) return this.#workspaceId
    return workspaces.get(caller.apiKey ?? '') ?? null
  }
}
