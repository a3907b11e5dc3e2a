import type { CreateParams } from '@halfrate/core'
import { CallEndedError } from './call-ended-error.js'

/** What a {@link CreateBody} is made from. */
export interface CreateBodyParams
  extends Pick<CreateParams, 'body' | 'reuse' | 'contentLength' | 'mayContinue'> {
  /** Ends the body when it is aborted, also while nobody asks for bytes. */
  readonly signal: AbortSignal
  /** Called when the last byte is given away. */
  readonly onLastByte: () => void
}

/**
 * The body of a create, and the knowledge whether it can have been accepted.
 *
 * The provider can't act before it has the last byte of what `content-length` announced. That byte is therefore kept until the
 * body has shown to be exactly so long and `mayContinue` has agreed once more; while it is here, nothing was accepted.
 */
export class CreateBody {
  /** The bytes. To be pulled only when the socket has room, so that what is asked is asked as late as possible. */
  readonly pieces: AsyncGenerator<Uint8Array, void>
  /** The same {@link CreateBody.pieces} for `fetch`. */
  readonly stream: ReadableStream<Uint8Array>
  readonly #params: CreateBodyParams
  readonly #closed: Promise<void>
  #close: () => void = () => undefined
  #isHalted = false
  #lastByteLeft = false
  #problem: string | null = null

  constructor(params: CreateBodyParams) {
    this.#params = params
    this.#closed = new Promise((resolve) => {
      this.#close = resolve
    })
    this.pieces = this.#read()
    this.stream = new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.close() },
      { highWaterMark: 0 },
    )
  }

  /** Whether the last byte was given away. From then on only the provider knows. */
  get lastByteLeft(): boolean {
    return this.#lastByteLeft
  }

  /** Why the body ended before its last byte, if it was the body that ended. */
  get problem(): string | null {
    return this.#problem
  }

  /** Gives back a piece whose bytes have left the process. The next ones may be written over it. */
  giveBack(piece: Uint8Array): void {
    this.#params.reuse?.(piece)
  }

  /** Sends nothing more, but keeps the connection, so that an answer which came early can be read. */
  halt(): void {
    this.#isHalted = true
  }

  /** Sends nothing more and lets the source go. */
  close(): void {
    this.#isHalted = true
    this.#close()
    // The source may be waiting for something; nobody waits for it here.
    this.pieces.return().catch(() => undefined)
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const next = await this.pieces.next()
    if (next.done === true) controller.close()
    else controller.enqueue(next.value)
  }

  async *#read(): AsyncGenerator<Uint8Array, void> {
    try {
      const lastByte = yield* this.#readToLastByte()
      await this.#assertMayContinue()
      this.#lastByteLeft = true
      this.#params.onLastByte()
      yield lastByte
    } catch (error) {
      this.#problem ??= error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  async *#readToLastByte(): AsyncGenerator<Uint8Array, Uint8Array> {
    const { body, contentLength } = this.#params
    let bytes = 0
    let lastByte: Uint8Array | null = null
    for await (const piece of body) {
      if (piece.length === 0) continue
      await this.#assertMayContinue()
      bytes += piece.length
      if (bytes > contentLength) throw wrongLength(`more than ${contentLength}`, contentLength)
      const isLast = bytes === contentLength
      // A copy, since the piece may be given back before this byte is sent.
      if (isLast) lastByte = piece.slice(-1)
      const rest = isLast ? piece.subarray(0, -1) : piece
      if (rest.length > 0) yield rest
    }
    if (lastByte === null) throw wrongLength(String(bytes), contentLength)
    return lastByte
  }

  async #assertMayContinue(): Promise<void> {
    if (this.#isHalted) {
      await this.#closed
      throw new CallEndedError('The call was answered before its body was sent.')
    }
    if (this.#params.signal.aborted)
      throw new CallEndedError('Sending was aborted before its last byte.')
    if (!this.#params.mayContinue()) throw outOfTime()
  }
}

/** The end of a call whose `mayContinue` said no. */
export function outOfTime(): CallEndedError {
  return new CallEndedError('Sending ran out of time before its last byte.')
}

function wrongLength(came: string, announced: number): CallEndedError {
  return new CallEndedError(`The body has ${came} bytes, and ${announced} were announced.`)
}
