import type { IncomingMessage } from 'node:http'
import type { Answer, CreateUpload, ProviderModel, WireBatch } from '../model/index.js'
import { BodyScanner } from './body-scanner.js'
import { callerOf } from './caller-of.js'
import { BodyEncodingError, bodyOf } from './request-body.js'

/** A create call that comes in. */
export interface ReceiveCreateParams {
  readonly request: IncomingMessage
  readonly model: ProviderModel
  readonly now: () => number
}

/**
 * Reads a create call to its last byte and has it judged. Null if the sender broke off before that;
 * then nothing is accepted. What a reply hook throws comes through.
 */
export async function receiveCreate(
  params: ReceiveCreateParams,
): Promise<Answer<WireBatch> | null> {
  const { request, model, now } = params
  const upload = model.beginCreate({ now: now(), caller: callerOf(request) })
  try {
    const bytes = await readItems(request, upload, model.settings.maxBytes)
    return upload.finish({ now: now(), bytes })
  } catch (error) {
    if (error instanceof BodyEncodingError) {
      upload.refuse({ status: error.status, message: error.message, code: error.wireCode })
      return upload.finish({ now: now() })
    }
    upload.abort({ now: now() })
    if (request.destroyed && !request.complete) return null
    throw error
  }
}

async function readItems(
  request: IncomingMessage,
  upload: CreateUpload,
  maxBytes: number,
): Promise<number> {
  const scanner = new BodyScanner((item) => upload.add(itemOf(item)))
  let bytes = 0
  let failure: { readonly error: unknown } | null = null
  for await (const piece of bodyOf(request)) {
    bytes += piece.length
    // A body is read to its end whatever is wrong, so that the client gets to see the answer.
    if (bytes > maxBytes || failure !== null) continue
    try {
      scanner.push(piece)
    } catch (error) {
      failure = { error }
    }
  }
  if (failure !== null) throw failure.error
  if (bytes > maxBytes) return bytes
  const shape = scanner.finish()
  if (shape.type === 'malformed') upload.malformed(shape.detail)
  else if (shape.type !== 'list') upload.unshaped(shape.type === 'missing')
  return bytes
}

function itemOf(item: unknown): { customId: unknown; params: unknown } {
  const { custom_id, params } =
    typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {}
  return { customId: custom_id, params }
}
