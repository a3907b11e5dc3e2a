import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { EmulatorError } from '../model/index.js'

/** A body that can't be decoded; its members are those of the answer. */
export class BodyEncodingError extends EmulatorError {
  readonly status: 400 | 413
  /** Machine-readable code, as the SDK's documentation names it. */
  readonly wireCode: string

  constructor(status: 400 | 413, wireCode: string, message: string, options?: ErrorOptions) {
    super('misuse', message, { ...options, nextStep: 'Send a body that can be decoded.' })
    this.name = 'BodyEncodingError'
    this.status = status
    this.wireCode = wireCode
  }
}

// JSON of a hundred thousand like requests shrinks by some hundreds; a bomb by a thousand.
const LARGEST_RATIO = 500
const RATIO_COUNTS_FROM_BYTES = 4_000_000

/**
 * The body of a request, decoded, in pieces.
 *
 * @throws {BodyEncodingError} when the encoding is unknown, broken, or swells beyond reason.
 */
export async function* bodyOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') yield* request
  else if (encoding === 'gzip') yield* gunzipped(request)
  else {
    throw new BodyEncodingError(
      400,
      'request_body_encoding_unsupported',
      `The content encoding ${encoding} is not supported.`,
    )
  }
}

async function* gunzipped(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  let encoded = 0
  let decoded = 0
  const gunzip = createGunzip()
  request.on('data', (piece: Uint8Array) => {
    encoded += piece.length
  })
  // Not by pipeline: that would end the connection before a refusal could be told.
  request.on('close', () => {
    if (!request.complete) gunzip.destroy(new BrokenOffError())
  })
  request.pipe(gunzip)
  try {
    for await (const piece of gunzip as AsyncIterable<Uint8Array>) {
      decoded += piece.length
      if (decoded > RATIO_COUNTS_FROM_BYTES && decoded > encoded * LARGEST_RATIO) throw swollen()
      yield piece
    }
  } catch (error) {
    request.unpipe(gunzip).resume()
    if (error instanceof EmulatorError) throw error
    throw new BodyEncodingError(
      400,
      'request_body_encoding_invalid',
      'The request body could not be decoded.',
      { cause: error },
    )
  }
}

function swollen(): BodyEncodingError {
  return new BodyEncodingError(
    413,
    'request_body_too_large_after_decoding',
    'The request body is too large after decoding.',
  )
}

class BrokenOffError extends EmulatorError {
  constructor() {
    super('misuse', 'The client broke off its request.', { nextStep: 'Send it whole.' })
  }
}
