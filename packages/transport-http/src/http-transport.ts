import { InvariantError, type Nonce, type Transport } from '@halfrate/core'
import { ApiClient } from './api-client.js'
import { cancelBatch } from './cancel-batch.js'
import { countTokens } from './count-tokens.js'
import { createBatch } from './create-batch.js'
import { createMessage } from './create-message.js'
import { type HttpTransportOptions, settingsOf } from './options.js'
import { listBatches, retrieveBatch } from './read-batches.js'
import { streamResults } from './stream-results.js'

// What a look before a send needs of the list is its newest entry and its headers.
const SNAPSHOT_LIMIT = 20

/**
 * Makes the provider's API a {@link Transport}: each method is one HTTP call, never repeated, and ends in a value.
 *
 * A second create or message for a nonce throws {@link InvariantError} without a byte. Keep one transport for the life of the process:
 * the nonces that were used are remembered in it.
 *
 * Source: the Message Batches API as of version 2026-10-21, and `@anthropic-ai/sdk` 1.11.0.
 *
 * @throws {ConfigError} for an option out of range.
 *
 * @example
 * const transport = createHttpTransport({
 *   accounts: () => ({ baseUrl: 'https://api.anthropic.com', apiKey: config.apiKey }),
 *   now: () => clock.now(),
 * })
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const api = new ApiClient(settingsOf(options))
  const nonces = new Set<Nonce>()
  return {
    snapshot: (params) => listBatches(api, { ...params, afterId: null, limit: SNAPSHOT_LIMIT }),
    createBatch: async (params) => {
      useNonce(nonces, params.nonce)
      return await createBatch(api, params)
    },
    createMessage: async (params) => {
      useNonce(nonces, params.nonce)
      return await createMessage(api, params)
    },
    retrieve: (params) => retrieveBatch(api, params),
    list: (params) => listBatches(api, params),
    cancel: (params) => cancelBatch(api, params),
    streamResults: (params) => streamResults(api, params),
    countTokens: (params) => countTokens(api, params),
  }
}

function useNonce(nonces: Set<Nonce>, nonce: Nonce): void {
  if (nonces.has(nonce)) {
    throw new InvariantError(`Submission ${nonce} was about to be sent a second time.`)
  }
  nonces.add(nonce)
}
