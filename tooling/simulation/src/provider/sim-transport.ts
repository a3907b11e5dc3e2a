import {
  CANARY_ID,
  type CancelResult,
  type CountTokensResult,
  type CreateParams,
  type CreateResult,
  type ListResult,
  laneOf,
  type MessageParams,
  type MessageResult,
  type Nonce,
  type ProjectId,
  type ResultsPiece,
  type ResultsResult,
  type RetrieveResult,
  type Transport,
} from '@halfrate/core'
import type { CreateUpload, LinesResponse } from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'
import type { FaultKind } from '../faults/fault-kind.js'
import type { FaultLog } from '../faults/fault-log.js'
import type { FaultSizes } from '../faults/fault-sizes.js'
import type { Strikes } from '../faults/strikes.js'
import type { SendMoment } from '../judge/step-judge.js'
import type { PortCalls } from '../process/port-call.js'
import type { SimProcess } from '../process/sim-process.js'
import {
  readCancel,
  readCreate,
  readList,
  readNoResults,
  readRetrieve,
  silence,
} from './read-answers.js'
import { piecesOf } from './results-lines.js'
import type { SimProvider, UploadedRow } from './sim-provider.js'

/** What a transport of the simulation works with. */
export interface SimTransportOptions {
  readonly process: SimProcess
  readonly calls: PortCalls
  readonly provider: SimProvider
  readonly sizes: FaultSizes
  readonly strikes: Strikes
  readonly draw: Draw
  readonly log: FaultLog
  /** Most batches on a list page, whatever is asked for. */
  readonly listLimit: number
  /** The engine's settle window. */
  readonly settleMs: number
  /** Told just before the first byte of a create leaves, and when it was last asked whether it may go on. */
  readonly onSend: (moment: SendMoment, params: Sent) => Promise<void>
  /** Whose send bears a nonce. */
  readonly projectOf: (nonce: Nonce) => ProjectId | null
  /** Told when an answer of 200 reaches the engine. */
  readonly onAccepted: (params: Sent, result: Pick<CreateResult, 'type'>) => void
}

/** What tells one send from another. */
export type Sent = Pick<CreateParams, 'nonce' | 'requestCount'>

const SHORTEST_IDLE_MS = 60_000
// The provider's date is cut to whole seconds, and answers take their time.
const DATE_MS = 5_000

/** Kind of the log's entries that say that a sender stood still at its last byte for longer than the settle window. */
export const FROZEN_BEYOND = 'frozen_beyond'

/** The Transport port over the provider's model: latencies, lost connections, slow uploads, frozen senders. */
export class SimTransport implements Transport {
  readonly #options: SimTransportOptions

  constructor(options: SimTransportOptions) {
    this.#options = options
  }

  snapshot(): Promise<ListResult> {
    const read = (): ListResult =>
      readList(this.#options.provider.list(null, this.#options.listLimit))
    return this.#call('snapshot', read, failedRead)
  }

  list(params: Parameters<Transport['list']>[0]): Promise<ListResult> {
    const limit = Math.min(params.limit, this.#options.listLimit)
    const read = (): ListResult => readList(this.#options.provider.list(params.afterId, limit))
    return this.#call('list', read, failedRead)
  }

  retrieve(params: Parameters<Transport['retrieve']>[0]): Promise<RetrieveResult> {
    const read = (): RetrieveResult =>
      readRetrieve(this.#options.provider.retrieve(params.remoteId))
    return this.#call('retrieve', read, failedRead)
  }

  cancel(params: Parameters<Transport['cancel']>[0]): Promise<CancelResult> {
    const read = (): CancelResult => readCancel(this.#options.provider.cancel(params.remoteId))
    return this.#call('cancel', read, failedRead)
  }

  /** The engine never counts. */
  countTokens(): Promise<CountTokensResult> {
    return Promise.resolve({ type: 'failed', error: silence('Nothing counts here.') })
  }

  async createBatch(params: CreateParams): Promise<CreateResult> {
    const { provider, draw } = this.#options
    if (!params.mayContinue()) return notSent('Its time was up before it began.')
    const { apiVersion, betas, userProfileId } = laneOf(params.lane)
    const upload = await this.#call<CreateUpload | null>(
      'createBatch',
      async () => {
        await this.#options.onSend('first_byte', params)
        return provider.openCreate({ version: apiVersion, betas, userProfileId })
      },
      () => null,
    )
    if (upload === null) return notSent('The connection could not be made.')
    const body = await this.#upload(params)
    if (typeof body === 'string') {
      upload.abort({ now: provider.now })
      return notSent(body)
    }
    const isCanary = isCanaryBody(body)
    await this.#options.onSend(isCanary ? 'last_check_of_canary' : 'last_check', params)
    const checkedAt = provider.now
    await this.#maybeFreeze()
    const result = await this.#call(
      'createBatch.lastByte',
      async () => {
        this.#noteFrozen(provider.now - checkedAt)
        return this.#finish(upload, body, params)
      },
      (hadEffect): CreateResult =>
        hadEffect
          ? { type: 'ambiguous', error: silence('The connection died before an answer came.') }
          : { type: 'not_sent', error: silence('The connection died before the last byte.') },
    )
    if (result.type === 'hang') {
      await this.#options.process.pass(draw.logWhole(1, this.#options.sizes.hangMs + 1))
      return { type: 'ambiguous', error: silence('No answer came in time.') }
    }
    if (isCanary || this.#isBadBatch(params, result)) {
      provider.fates.searched({ at: provider.now, lane: params.lane })
    }
    if (!isCanary) this.#options.onAccepted(params, result)
    return result
  }

  /** A call whose sender stood still may come to the provider, or its answer to us, long after its time. */
  async createMessage(params: MessageParams): Promise<MessageResult> {
    const { provider, process } = this.#options
    if (!params.mayContinue()) return notSent('Its time was up before it began.')
    const sent = { nonce: params.nonce, requestCount: 1 }
    const begunAt = provider.now - this.#options.sizes.providerOffsetMs
    await this.#maybeFreeze()
    const result = await this.#call<MessageResult | Hang>(
      'createMessage',
      async () => {
        await this.#options.onSend('first_byte', sent)
        const project = this.#options.projectOf(params.nonce)
        return provider.messages.answer(params, { begunAt, project })
      },
      (hadEffect) =>
        hadEffect
          ? { type: 'ambiguous', error: silence('The connection died before an answer came.') }
          : notSent('The connection could not be made.'),
    )
    if (result.type === 'hang') {
      await process.pass(params.timeoutMs)
      return { type: 'ambiguous', error: silence('No answer came in time.') }
    }
    if (result.type === 'answered') this.#options.onAccepted(sent, { type: 'accepted' })
    return result
  }

  #isBadBatch({ nonce }: CreateParams, { type }: CreateResult): boolean {
    return type === 'refused' && this.#options.provider.fates.wasRefused(nonce)
  }

  async streamResults(params: Parameters<Transport['streamResults']>[0]): Promise<ResultsResult> {
    const { provider, draw } = this.#options
    return await this.#call<ResultsResult>(
      'streamResults',
      () => {
        const { answer, isContradicted } = provider.results(params.remoteId)
        if (answer.type !== 'lines') return readNoResults(answer)
        const pieces = piecesOf(answer, { isContradicted, draw })
        return { type: 'results', pieces: this.#stream(answer, pieces) }
      },
      failedRead,
    )
  }

  // Answers the body, or why it was broken off before its last byte.
  async #upload(params: CreateParams): Promise<Uint8Array | string> {
    const pieces: Uint8Array[] = []
    try {
      for await (const piece of params.body) {
        await this.#maybeSlow()
        if (this.#isStruck('reset_mid_body', params.nonce)) return 'The connection died.'
        if (!params.mayContinue()) return 'Its time was up.'
        pieces.push(piece)
      }
    } catch (error) {
      return `The body could not be read: ${String(error)}`
    }
    return params.mayContinue() ? Buffer.concat(pieces) : 'Its time was up before the last byte.'
  }

  #finish(upload: CreateUpload, body: Uint8Array, params: CreateParams): CreateResult | Hang {
    if (body.length !== params.contentLength) {
      upload.abort({ now: this.#options.provider.now })
      return notSent(`${body.length} bytes came for ${params.contentLength} announced ones.`)
    }
    const { requests } = JSON.parse(bufferOf(body).toString()) as {
      readonly requests: readonly UploadedRow[]
    }
    const answer = this.#options.provider.finishCreate(upload, requests, body.length)
    return answer.type === 'hang' ? { type: 'hang' } : readCreate(answer, params.requestCount)
  }

  async *#stream(
    answer: LinesResponse,
    pieces: readonly (readonly Uint8Array[])[],
  ): AsyncGenerator<ResultsPiece> {
    for (const lines of pieces) {
      const whole = { type: 'lines', lines } as const
      const piece = await this.#call<ResultsPiece>('streamResults.piece', () => whole, brokenOff)
      yield piece
      if (piece.type === 'end') return
    }
    if (answer.end === 'stall') await this.#options.process.pass(SHORTEST_IDLE_MS)
    const clean = answer.end === 'complete'
    yield { type: 'end', clean, error: clean ? null : silence('Results broke off.') }
  }

  #isStruck(kind: FaultKind, detail: string): boolean {
    const { strikes, draw, log, process } = this.#options
    if (!strikes.at(kind, draw)) return false
    log.add(kind, `${process.name} ${detail}`)
    return true
  }

  async #maybeSlow(): Promise<void> {
    const { strikes, sizes, draw, process, log } = this.#options
    if (!strikes.at('slow_upload', draw)) return
    const ms = draw.logWhole(1, sizes.uploadMs + 1)
    log.add('slow_upload', `${process.name} ${ms} ms`)
    await process.pass(ms)
  }

  async #maybeFreeze(): Promise<void> {
    const { strikes, sizes, draw, process, log } = this.#options
    if (!strikes.at('last_byte_freeze', draw)) return
    const ms = Math.round(sizes.lastByteMs * (0.5 + 0.5 * draw.fraction()))
    log.add('last_byte_freeze', `${process.name} ${ms} ms`)
    process.freeze(ms)
    await process.pass(0)
  }

  // A freeze, a pause and a sleep of one machine may add up to more than any of them was drawn to be.
  #noteFrozen(heldMs: number): void {
    const { log, settleMs, process } = this.#options
    if (heldMs > settleMs - DATE_MS) log.add(FROZEN_BEYOND, `${process.name} ${heldMs} ms`)
  }

  #call<T>(
    name: string,
    effect: () => T | Promise<T>,
    failure: (hadEffect: boolean) => T,
  ): Promise<T> {
    const { calls, process, draw } = this.#options
    return calls.make(process, {
      port: 'transport',
      name,
      beforeMs: draw.whole(1, 200),
      afterMs: draw.whole(1, 400),
      effect: async () => await effect(),
      failure: (hadEffect) => ({ type: 'value', value: failure(hadEffect) }),
    })
  }
}

function isCanaryBody(body: Uint8Array): boolean {
  return bufferOf(body).includes(CANARY_ID)
}

// The same bytes, not a copy of them.
function bufferOf(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

interface Hang {
  readonly type: 'hang'
}

function notSent(message: string): Extract<CreateResult, { readonly type: 'not_sent' }> {
  return { type: 'not_sent', error: silence(message) }
}

function failedRead(): { readonly type: 'failed'; readonly error: ReturnType<typeof silence> } {
  return { type: 'failed', error: silence('The connection died.') }
}

function brokenOff(): ResultsPiece {
  return { type: 'end', clean: false, error: silence('Results broke off.') }
}
