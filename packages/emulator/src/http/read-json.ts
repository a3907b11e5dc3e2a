import type { IncomingMessage } from 'node:http'
import { ByteSink } from './byte-sink.js'
import { bodyOf } from './request-body.js'

const LARGEST_BYTES = 32_000_000

/** A body that was read as a whole. */
export type JsonBody =
  | { readonly type: 'json'; readonly value: unknown }
  | { readonly type: 'malformed'; readonly detail: string }
  | { readonly type: 'too_large' }

/**
 * Reads a whole JSON body, as real-time messages have. At most 32 MB.
 *
 * @throws {BodyEncodingError} when it can't be decoded.
 */
export async function readJson(request: IncomingMessage): Promise<JsonBody> {
  const bytes = new ByteSink()
  let total = 0
  for await (const piece of bodyOf(request)) {
    total += piece.length
    // The rest is read and forgotten, so that the client gets to see the answer.
    if (total <= LARGEST_BYTES) bytes.append(piece)
  }
  if (total > LARGEST_BYTES) return { type: 'too_large' }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.view())
    return { type: 'json', value: JSON.parse(text) }
  } catch (error) {
    return { type: 'malformed', detail: error instanceof Error ? error.message : String(error) }
  }
}
