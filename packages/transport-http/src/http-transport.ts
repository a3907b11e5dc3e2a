import {
  type CreateParams,
  type CreateResult,
  InvariantError,
  type Nonce,
  type Transport,
} from '@halfrate/core'
import { ApiClient } from './api-client.js'
import { cancelBatch } from './cancel-batch.js'
import { countTokens } from './count-tokens.js'
import { createBatch } from './create-batch.js'
import { type HttpTransportOptions, settingsOf } from './options.js'
import { listBatches, retrieveBatch } from './read-batches.js'
import { streamResults } from './stream-results.js'

// What a look before a send needs of the list is its newest entry and its headers.
const SNAPSHOT_LIMIT = 20

/**
 * Makes the provider's API a {@link Transport}: each method is one HTTP call, never repeated, and ends in a value.
 *
 * A second create for a nonce throws {@link InvariantError} without a byte. Keep one transport for the life of the process:
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
    createBatch: (params) => createOnce(api, nonces, params),
    retrieve: (params) => retrieveBatch(api, params),
    list: (params) => listBatches(api, params),
    cancel: (params) => cancelBatch(api, params),
    streamResults: (params) => streamResults(api, params),
    countTokens: (params) => countTokens(api, params),
  }
}

async function createOnce(
  api: ApiClient,
  nonces: Set<Nonce>,
  params: CreateParams,
): Promise<CreateResult> {
  if (nonces.has(params.nonce)) {
    throw new InvariantError(`Submission ${params.nonce} was about to be sent a second time.`)
  }
  nonces.add(params.nonce)
  return createBatch(api, params)
}
