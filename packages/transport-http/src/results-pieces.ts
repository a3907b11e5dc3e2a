import type { ProviderError, ResultsPiece } from '@halfrate/core'
import { LineSplitter } from './line-splitter.js'
import type { LinkedAbort } from './linked-abort.js'
import { localError } from './provider-error.js'
import type { Secrets } from './secrets.js'

/** What reading a results body needs. */
export interface PiecesParams {
  readonly response: Response
  readonly secrets: Secrets
  /** Ends the body; let go when the body has ended. */
  readonly abort: LinkedAbort
  readonly idleTimeoutMs: number
  readonly maxLineBytes: number
}

/** How the body ended. */
interface BodyEnd {
  bytes: number
  isIdle: boolean
  problem: string | null
}

/**
 * Reads a results body as pieces, and never throws. The next bytes are asked for only when the last piece has been
 * taken, so a slow reader slows the provider down and memory stays flat..
 */
export async function* readPieces(params: PiecesParams): AsyncGenerator<ResultsPiece, void> {
  const splitter = new LineSplitter(params)
  const end: BodyEnd = { bytes: 0, isIdle: false, problem: null }
  try {
    for await (const chunk of readChunks(params, end)) {
      const lines = splitter.push(chunk)
      if (lines.length > 0) yield { type: 'lines', lines }
    }
    // The rest of a body that broke off is half a line, and must not look like a whole one.
    const last = problemOf(params, end) === null ? splitter.finish() : []
    if (last.length > 0) yield { type: 'lines', lines: last }
    const error = endError(params, end, splitter)
    yield { type: 'end', clean: error === null, error }
  } finally {
    params.abort.abort()
    params.abort.unlink()
  }
}

async function* readChunks(params: PiecesParams, end: BodyEnd): AsyncGenerator<Uint8Array, void> {
  const { response, abort, idleTimeoutMs } = params
  let isWaiting = true
  const timer = setTimeout(() => {
    // The time that our own reader takes over a piece is not the provider's silence.
    if (!isWaiting) return
    end.isIdle = true
    abort.abort()
  }, idleTimeoutMs)
  try {
    for await (const chunk of response.body ?? []) {
      isWaiting = false
      end.bytes += chunk.length
      yield chunk
      isWaiting = true
      timer.refresh()
    }
  } catch (error) {
    end.problem = error instanceof Error ? error.message : String(error)
  } finally {
    clearTimeout(timer)
  }
}

function endError(
  params: PiecesParams,
  end: BodyEnd,
  splitter: LineSplitter,
): ProviderError | null {
  const { secrets, maxLineBytes } = params
  const problem = problemOf(params, end)
  if (problem !== null) {
    return { ...localError({ secrets, message: problem }), status: params.response.status }
  }
  if (splitter.tooLong === null) return null
  const { count, firstNumber } = splitter.tooLong
  const message = `${count} lines were longer than ${maxLineBytes} bytes and left out, the first was line ${firstNumber}`
  return localError({ secrets, message, code: 'line_too_long' })
}

function problemOf(params: PiecesParams, end: BodyEnd): string | null {
  if (end.isIdle) return `Results broke off: silence for ${params.idleTimeoutMs} ms`
  if (end.problem !== null) return `Results broke off: ${end.problem}`
  const announced = announcedBytes(params.response.headers)
  if (announced === null || end.bytes >= announced) return null
  return `Results broke off: ${end.bytes} of ${announced} announced bytes came`
}

/** The announced length, where it is that of the bytes we see: fetch has unpacked a body that was compressed. */
function announcedBytes(headers: Headers): number | null {
  const length = headers.get('content-length') ?? ''
  return headers.has('content-encoding') || !/^\d+$/.test(length) ? null : Number(length)
}
