import type { CreateParams, CreateResult, Transport } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedTransport } from './wrapped-transport.js'

const POSTS = 3

/** What a client with its own retries does: the same body once more, up to twice, when no clear answer came. */
export const sdkRetries: Plant = {
  name: 'sdk_retries',
  about: 'The transport posts again when the answer to a create is lost.',
  within: 30,
  transport: (transport) => retrying(transport),
}

function retrying(transport: Transport): Transport {
  return wrappedTransport(transport, { createBatch: (params) => createAgain(transport, params) })
}

async function createAgain(transport: Transport, params: CreateParams): Promise<CreateResult> {
  const pieces: Uint8Array[] = []
  for await (const piece of params.body) pieces.push(piece)
  for (let post = 1; ; post += 1) {
    const result = await transport.createBatch({ ...params, body: bodyOf(pieces) })
    if (result.type !== 'ambiguous' || post === POSTS) return result
  }
}

async function* bodyOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}
