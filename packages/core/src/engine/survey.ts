import type { AccountId, RemoteId } from '../model/ids.js'
import type { ProviderError } from '../model/provider-error.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { EpochMs } from '../model/time.js'
import type { Survey } from '../policy/search.js'
import type { EngineContext } from './context.js'

const PAGE = 100
// How far past the floor the survey goes on for a batch that must be there.
const EXTRA_PAGES = 5

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
  readonly error: ProviderError | null
}

/** Reads the workspace's list from the newest batch down, and never past what is needed. */
export async function surveyList(
  context: EngineContext,
  params: SurveyParams,
): Promise<SurveyResult> {
  const startedAt = await context.store.now()
  const wanted = new Set(params.wanted ?? [])
  const batches: RemoteBatch[] = []
  let workspaceId: string | null = null
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
    if (page.type === 'failed')
      return { startedAt, whole: false, workspaceId, batches, error: page.error }
    if (afterId === null) workspaceId = page.workspaceId
    batches.push(...page.batches)
    for (const batch of page.batches) wanted.delete(batch.id)
    const last = page.batches.at(-1)
    if (last === undefined || !page.hasMore) break
    if (last.createdAt < params.floorAt) {
      if (wanted.size === 0 || extra >= EXTRA_PAGES) break
      extra += 1
    }
    afterId = last.id
  }
  return { startedAt, whole: true, workspaceId, batches: withoutRepeats(batches), error: null }
}

// Batches that are made while the pages are read push others down, so one may be seen twice.
function withoutRepeats(batches: readonly RemoteBatch[]): readonly RemoteBatch[] {
  return [...new Map(batches.map((batch) => [batch.id, batch])).values()]
}
