import {
  type CancelResult,
  type CountTokensResult,
  type CreateParams,
  type CreateResult,
  InvariantError,
  type ListResult,
  type MessageParams,
  type MessageResult,
  type Nonce,
  type ProviderError,
  type ResultsPiece,
  type ResultsResult,
  type RetrieveResult,
  type Transport,
} from '@halfrate/core'

/** What each method of a transport takes and gives. */
interface Methods {
  readonly snapshot: { params: Parameters<Transport['snapshot']>[0]; result: ListResult }
  readonly createBatch: { params: CreateParams; result: CreateResult }
  readonly createMessage: { params: MessageParams; result: MessageResult }
  readonly retrieve: { params: Parameters<Transport['retrieve']>[0]; result: RetrieveResult }
  readonly list: { params: Parameters<Transport['list']>[0]; result: ListResult }
  readonly cancel: { params: Parameters<Transport['cancel']>[0]; result: CancelResult }
  readonly streamResults: {
    params: Parameters<Transport['streamResults']>[0]
    result: ResultsResult
  }
  readonly countTokens: {
    params: Parameters<Transport['countTokens']>[0]
    result: CountTokensResult
  }
}

/** A method of a transport. */
export type TransportMethod = keyof Methods

/** One call that came. */
export type ScriptedCall = {
  [Method in TransportMethod]: {
    readonly method: Method
    readonly params: Methods[Method]['params']
    /** The body of a create as far as it was read, or of a message; null for the other methods. */
    readonly body: Uint8Array | null
  }
}[TransportMethod]

/** What a call gets: a result, or what makes one from the call. It may wait, and it may throw. */
export type ScriptedStep<Method extends TransportMethod> =
  | Methods[Method]['result']
  | ((
      params: Methods[Method]['params'],
      body: Uint8Array | null,
    ) => Methods[Method]['result'] | Promise<Methods[Method]['result']>)

/**
 * A {@link Transport} that plays a script and keeps a record of its calls.
 *
 * Steps of a method are played in the order in which they were scripted, then its standing step, if it has one. A create
 * reads its body like a real one: it asks `mayContinue`, is not sent when that says no, and throws for a nonce that was used.
 * So does a message.
 *
 * @example
 * const transport = new ScriptedTransport().script('createBatch', { type: 'accepted', batch })
 */
export class ScriptedTransport implements Transport {
  readonly #steps = new Map<TransportMethod, unknown[]>()
  readonly #standing = new Map<TransportMethod, unknown>()
  readonly #calls: ScriptedCall[] = []
  readonly #nonces = new Set<Nonce>()

  /** Every call so far, oldest first. */
  get calls(): readonly ScriptedCall[] {
    return this.#calls
  }

  /** Adds what the next calls of a method get. */
  script<Method extends TransportMethod>(method: Method, ...steps: ScriptedStep<Method>[]): this {
    this.#steps.set(method, [...(this.#steps.get(method) ?? []), ...steps])
    return this
  }

  /** Sets what a method's calls get once its script is over. */
  always<Method extends TransportMethod>(method: Method, step: ScriptedStep<Method>): this {
    this.#standing.set(method, step)
    return this
  }

  /** Calls of one method so far, oldest first. */
  callsOf<Method extends TransportMethod>(
    method: Method,
  ): readonly Extract<ScriptedCall, { method: Method }>[] {
    return this.#calls.filter(
      (call): call is Extract<ScriptedCall, { method: Method }> => call.method === method,
    )
  }

  /** Plays the next step of `snapshot`. */
  snapshot(params: Methods['snapshot']['params']): Promise<ListResult> {
    this.#calls.push({ method: 'snapshot', params, body: null })
    return this.#play('snapshot', params, null)
  }

  /** Reads the body, then plays the next step of `createBatch`. */
  async createBatch(params: CreateParams): Promise<CreateResult> {
    this.#useNonce(params.nonce)
    const { body, problem } = await readBody(params)
    this.#calls.push({ method: 'createBatch', params, body })
    if (problem !== null) return { type: 'not_sent', error: scriptedError(problem) }
    return this.#play('createBatch', params, body)
  }

  /** Plays the next step of `createMessage`, unless it may not begin. */
  async createMessage(params: MessageParams): Promise<MessageResult> {
    this.#useNonce(params.nonce)
    this.#calls.push({ method: 'createMessage', params, body: params.body })
    if (!mayGoOn(params)) return { type: 'not_sent', error: scriptedError('It may not begin.') }
    return await this.#play('createMessage', params, params.body)
  }

  /** Plays the next step of `retrieve`. */
  retrieve(params: Methods['retrieve']['params']): Promise<RetrieveResult> {
    this.#calls.push({ method: 'retrieve', params, body: null })
    return this.#play('retrieve', params, null)
  }

  /** Plays the next step of `list`. */
  list(params: Methods['list']['params']): Promise<ListResult> {
    this.#calls.push({ method: 'list', params, body: null })
    return this.#play('list', params, null)
  }

  /** Plays the next step of `cancel`. */
  cancel(params: Methods['cancel']['params']): Promise<CancelResult> {
    this.#calls.push({ method: 'cancel', params, body: null })
    return this.#play('cancel', params, null)
  }

  /** Plays the next step of `streamResults`. */
  streamResults(params: Methods['streamResults']['params']): Promise<ResultsResult> {
    this.#calls.push({ method: 'streamResults', params, body: null })
    return this.#play('streamResults', params, null)
  }

  /** Plays the next step of `countTokens`. */
  countTokens(params: Methods['countTokens']['params']): Promise<CountTokensResult> {
    this.#calls.push({ method: 'countTokens', params, body: null })
    return this.#play('countTokens', params, null)
  }

  #useNonce(nonce: Nonce): void {
    if (this.#nonces.has(nonce)) {
      throw new InvariantError(`Submission ${nonce} was about to be sent a second time.`)
    }
    this.#nonces.add(nonce)
  }

  async #play<Method extends TransportMethod>(
    method: Method,
    params: Methods[Method]['params'],
    body: Uint8Array | null,
  ): Promise<Methods[Method]['result']> {
    const step = (this.#steps.get(method)?.shift() ?? this.#standing.get(method)) as
      | ScriptedStep<Method>
      | undefined
    if (step === undefined) throw new InvariantError(`Nothing is scripted for ${method}.`)
    return typeof step === 'function' ? step(params, body) : step
  }
}

/** What stands in a scripted results body. */
export interface ScriptedResults {
  /** Lines without their line feed, as text. */
  readonly lines: readonly string[]
  /** Lines in a piece. Default: all in one. */
  readonly linesPerPiece?: number
  /** The error of a body that broke off. Default null: it ended cleanly. */
  readonly error?: ProviderError | null
}

/** Makes a results body from lines. */
export function scriptedResults(results: ScriptedResults): ResultsResult {
  return { type: 'results', pieces: piecesOf(results) }
}

/** Makes an error as a transport gives it; what is left out is null. */
export function scriptedError(message: string, over: Partial<ProviderError> = {}): ProviderError {
  return {
    status: null,
    type: null,
    code: null,
    requestId: null,
    retryAfterMs: null,
    ...over,
    message,
  }
}

async function* piecesOf(results: ScriptedResults): AsyncGenerator<ResultsPiece, void> {
  const { lines, linesPerPiece = Math.max(lines.length, 1), error = null } = results
  const encoder = new TextEncoder()
  for (let at = 0; at < lines.length; at += linesPerPiece) {
    const piece = lines.slice(at, at + linesPerPiece).map((line) => encoder.encode(line))
    yield { type: 'lines', lines: piece }
  }
  yield { type: 'end', clean: error === null, error }
}

async function readBody(
  params: CreateParams,
): Promise<{ readonly body: Uint8Array; readonly problem: string | null }> {
  const pieces: Uint8Array[] = []
  let problem: string | null = null
  try {
    for await (const piece of params.body) {
      if (!mayGoOn(params)) break
      pieces.push(piece)
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error)
  }
  const body = joined(pieces)
  if (problem === null && !mayGoOn(params)) problem = 'It may not go on.'
  if (problem === null && body.length !== params.contentLength) {
    problem = `The body has ${body.length} bytes, and ${params.contentLength} were announced.`
  }
  return { body, problem }
}

function mayGoOn(params: Pick<CreateParams, 'signal' | 'mayContinue'>): boolean {
  return params.signal?.aborted !== true && params.mayContinue()
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
