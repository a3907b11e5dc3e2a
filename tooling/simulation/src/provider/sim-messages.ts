import {
  laneOf,
  type MessageParams,
  type MessageResult,
  makeCustomId,
  type Nonce,
  type ProjectId,
} from '@halfrate/core'
import {
  type Answer,
  DEFAULT_CALLER,
  type FaultByOp,
  type ProviderModel,
  type WireMessage,
} from '@halfrate/emulator/model'
import { CallBook } from './call-book.js'
import type { FateBook } from './fate-book.js'
import { drawMessageFault } from './message-fault.js'
import { readMessage } from './read-answers.js'
import type { BookedRequest } from './request-book.js'
import type { SimProviderOptions } from './sim-provider-options.js'

/** What calls in real time are answered with. */
export interface SimMessagesOptions extends SimProviderOptions {
  readonly model: ProviderModel
  readonly fates: FateBook
  /** The provider's own clock. */
  readonly now: () => number
  /** What is wrong with the account, or asked of it. */
  readonly refusedForAll: () => FaultByOp['create'] | null
}

// What a refusal of it is booked as the outcome of its request.
const ABOUT_REQUEST: ReadonlySet<number> = new Set([400, 403, 404, 409, 413, 422])

/** The part of the provider that answers calls in real time. */
export class SimMessages {
  readonly calls: CallBook = new CallBook()
  readonly #options: SimMessagesOptions

  constructor(options: SimMessagesOptions) {
    this.#options = options
  }

  /** Answers one call; `hang` when no answer ever comes. */
  answer(
    params: MessageParams,
    of: { readonly begunAt: number; readonly project: ProjectId | null },
  ): MessageResult | { readonly type: 'hang' } {
    const { strikes, sizes, draw, log, onViolation } = this.#options
    const body = JSON.parse(Buffer.from(params.body).toString()) as {
      readonly messages?: readonly { readonly content?: unknown }[]
    }
    const token = String(body.messages?.[0]?.content)
    const request = this.#requestOf(token, of.project)
    if (request === undefined) {
      onViolation('wrong_body', `A call was made with the body of ${token}, which nobody asked.`)
      return { type: 'hang' }
    }
    const refused = this.#options.refusedForAll()
    const drawn = refused === null ? drawMessageFault(strikes, sizes, draw) : null
    if (drawn !== null) log.add(drawn.kind, `call: ${JSON.stringify(drawn.fault)}`)
    const customId = idOf(request, params.nonce)
    const answer = this.#ask(params, body, { customId, fault: refused ?? drawn?.fault ?? null })
    const booked = { customId, nonce: params.nonce, requestId: request.id, begunAt: of.begunAt }
    this.#book(booked, answer, drawn?.kind === 'own_limit')
    return answer.type === 'hang' ? { type: 'hang' } : readMessage(answer)
  }

  #ask(
    { lane }: MessageParams,
    body: unknown,
    of: { readonly customId: string; readonly fault: FaultByOp['message'] | null },
  ): Answer<WireMessage> {
    const { model, now } = this.#options
    const { apiVersion: version, betas, userProfileId } = laneOf(lane)
    const caller = { ...DEFAULT_CALLER, version, betas, userProfileId }
    const handle = of.fault === null ? null : model.fault('message', of.fault)
    this.calls.current = of.customId
    try {
      return model.createMessage({ now: now(), caller, body })
    } finally {
      this.calls.current = null
      handle?.remove()
    }
  }

  // By what the ledger billed, and else by the status that the caller was to see.
  #book(
    call: Pick<Parameters<CallBook['add']>[0], 'customId' | 'nonce' | 'requestId' | 'begunAt'>,
    answer: Answer<WireMessage>,
    isOwnLimit: boolean,
  ): void {
    const { model, fates, now } = this.#options
    const at = now()
    const isBilled = model.ledger.summary(at).messages > this.calls.billed().length
    const fate = fates.fateOf(call.customId)
    if (isBilled) {
      const usability = fate?.usability ?? null
      this.calls.add({ ...call, at, outcome: 'succeeded', errorType: null, usability })
      return
    }
    if (answer.type !== 'response' || isOwnLimit || !ABOUT_REQUEST.has(answer.status)) return
    const { body } = answer
    const isEnvelope = typeof body === 'object' && 'error' in body
    // The API's front says 413 without an envelope.
    const errorType = isEnvelope ? body.error.type : 'request_too_large'
    this.calls.add({ ...call, at, outcome: 'errored', errorType, usability: null })
  }

  // A neighbour may ask the same, byte for byte.
  #requestOf(token: string, project: ProjectId | null): BookedRequest | undefined {
    const asked = [...this.#options.book.all()].filter((each) => each.token === token)
    return asked.find((each) => each.project === project)
  }
}

const NO_SEAL = {
  hmac: () => new Uint8Array(32),
  keys: [new Uint8Array(32)],
  workspaceId: null,
}

function idOf({ id }: BookedRequest, nonce: Nonce): string {
  return makeCustomId(id, nonce, NO_SEAL)
}
