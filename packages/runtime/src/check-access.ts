import {
  ConfigError,
  DEFAULT_ACCOUNT,
  isOtherWorkspace,
  type Store,
  type Transport,
  type Workspace,
  workspaceSetting,
} from '@halfrate/core'
import { PROVIDER_HOST } from './provider-url.js'

/**
 * Asks the provider once whether it takes the key, by the smallest question there is.
 *
 * Only an answer that will be the same every time is an error. A provider that can't be reached or is busy is none: the
 * engine waits for it.
 *
 * @throws {ConfigError} when the key is refused or is of another workspace than the batches of the store, or there is no
 * Batches API at the base URL.
 */
export async function checkAccess(params: {
  readonly transport: Pick<Transport, 'list'>
  /** What the batches so far were made with. */
  readonly store: Pick<Store, 'getSetting'>
  readonly baseUrl: URL
  readonly signal?: AbortSignal | undefined
}): Promise<void> {
  const { transport, store, baseUrl, signal } = params
  const answer = await transport.list({ account: DEFAULT_ACCOUNT, afterId: null, limit: 1, signal })
  if (answer.type !== 'failed') return await checkWorkspace(store, answer.workspaceId)
  const { status, message } = answer.error
  if (status === 401 || status === 403) {
    throw new ConfigError(
      `${baseUrl.host} refuses the API key: ${message}`,
      'Set ANTHROPIC_API_KEY to a key of your workspace. Nothing was sent; the same command goes on.',
    )
  }
  if (status === 404 && baseUrl.hostname !== PROVIDER_HOST) {
    throw new ConfigError(
      `there is no Message Batches API at ${baseUrl.href} (404).`,
      'Correct the base URL. Nothing was sent; the same command goes on.',
    )
  }
}

// Another key of the same workspace is as good. In another one every batch of ours would look as if it had been deleted.
async function checkWorkspace(
  store: Pick<Store, 'getSetting'>,
  workspaceId: string | null,
): Promise<void> {
  const stored = await store.getSetting(workspaceSetting(DEFAULT_ACCOUNT))
  const known = (stored?.value ?? null) as Workspace | null
  if (!isOtherWorkspace(known, workspaceId)) return
  throw new ConfigError(
    `the API key is of workspace ${workspaceId}, and the batches of this store are in ${known?.workspaceId}.`,
    'Set ANTHROPIC_API_KEY to a key of that workspace, or use another store. Nothing was sent.',
  )
}
