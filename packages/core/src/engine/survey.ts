import type { AccountId, RemoteId } from '../model/ids.js'
import type { ProviderError } from '../model/provider-error.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { EpochMs } from '../model/time.js'
import type { Unreadable } from '../policy/batch-reading.js'
import type { Survey } from '../policy/search.js'
import type { EngineContext } from './context.js'

const PAGE = 100
// How far past the floor the survey goes on for a batch that must be there.
const EXTRA_PAGES = 5

// Something in between may answer every page from the same copy, and the end would never come.
const STUCK: ProviderError = {
  status: null,
  type: null,
  code: 'list_repeats',
  message:
    'A page of the list held only batches of the pages before it, and said that there is more.',
  requestId: null,
  retryAfterMs: null,
}

/** How far down the list a survey goes. */
export interface SurveyParams {
  readonly account: AccountId
  /** On the provider's clock: batches made before it are not needed. */
  readonly floorAt: EpochMs
  /** Batches that must be there; looked for a little past the floor. */
  readonly wanted?: ReadonlySet<RemoteId>
}

/** A survey, with the error that cut it short, if one did. */
export interface SurveyResult extends Survey {
  /** The provider's date when the first page came; null when none did. */
  readonly serverAt: EpochMs | null
  readonly error: ProviderError | null
}

/** A look through the list, and what is unknown after it. */
export interface IdentifiedSurvey {
  readonly survey: SurveyResult
  /** Batches that are neither ours nor known to be another program's. */
  readonly unidentified: readonly RemoteBatch[]
  readonly unreadable: readonly Unreadable[]
}

/** Reads the workspace's list from the newest batch down, and never past what is needed. */
export async function surveyList(
  context: EngineContext,
  params: SurveyParams,
): Promise<SurveyResult> {
  const startedAt = await context.store.now()
  const wanted = new Set(params.wanted ?? [])
  const batches = new Map<RemoteId, RemoteBatch>()
  let workspaceId: string | null = null
  let serverAt: EpochMs | null = null
  let afterId: RemoteId | null = null
  let extra = 0
  for (;;) {
    const { account } = params
    const page = await context.transport.list({
      account,
      afterId,
      limit: PAGE,
      signal: context.signal,
    })
    if (page.type === 'failed') {
      return {
        startedAt,
        whole: false,
        workspaceId,
        serverAt,
        batches: [...batches.values()],
        error: page.error,
      }
    }
    if (afterId === null) workspaceId = page.workspaceId
    serverAt ??= page.serverAt
    const seen = batches.size
    // Batches that are made while the pages are read push others down, so one may be seen twice.
    for (const batch of page.batches) batches.set(batch.id, batch)
    for (const batch of page.batches) wanted.delete(batch.id)
    const last = page.batches.at(-1)
    if (last === undefined || !page.hasMore) break
    if (batches.size === seen) {
      const cut = { startedAt, whole: false, workspaceId, serverAt }
      return { ...cut, batches: [...batches.values()], error: STUCK }
    }
    if (last.createdAt < params.floorAt) {
      if (wanted.size === 0 || extra >= EXTRA_PAGES) break
      extra += 1
    }
    afterId = last.id
  }
  const found = { startedAt, whole: true, workspaceId, serverAt }
  return { ...found, batches: [...batches.values()], error: null }
}
