import {
  DEFAULT_ACCOUNT,
  type ListResult,
  type RemoteId,
  type ResultsResult,
  type RetrieveResult,
} from '@halfrate/core'
import { checkAccess } from './check-access.js'
import { transportOnce } from './transport-once.js'

/**
 * What can be asked of the provider without a store. Nothing can be sent, canceled or deleted through it, and no answer
 * to it is billed. Each method is one call, never repeated; each answer is a value.
 */
export interface ProviderView {
  /**
   * @throws {ConfigError} when the key is refused, or there is no Batches API at the base URL. A provider that can't be
   * reached or is busy passes.
   */
  checkAccess(signal?: AbortSignal): Promise<void>
  /** The page after `afterId` (older), the newest page for null. `limit` is 1 to 1,000. */
  list(
    params: Readonly<{
      afterId: RemoteId | null
      limit: number
      signal?: AbortSignal | undefined
    }>,
  ): Promise<ListResult>
  retrieve(remoteId: RemoteId, signal?: AbortSignal): Promise<RetrieveResult>
  results(remoteId: RemoteId, signal?: AbortSignal): Promise<ResultsResult>
}

/**
 * Opens a view of the workspace that a key belongs to.
 *
 * @throws {ConfigError} when the key is missing and the base URL leads elsewhere than to this machine, or it can't be one.
 */
export async function openProviderView(
  place: Readonly<{ baseUrl: URL; apiKey: string | null }>,
): Promise<ProviderView> {
  const { baseUrl } = place
  const transport = await transportOnce({ ...place, fast: null })()
  const account = DEFAULT_ACCOUNT
  // Without a store there are no batches that another workspace could have.
  const store = { getSetting: async () => null }
  return {
    checkAccess: (signal) => checkAccess({ transport, store, baseUrl, signal }),
    list: (params) => transport.list({ account, ...params }),
    retrieve: (remoteId, signal) => transport.retrieve({ account, remoteId, signal }),
    results: (remoteId, signal) => transport.streamResults({ account, remoteId, signal }),
  }
}
