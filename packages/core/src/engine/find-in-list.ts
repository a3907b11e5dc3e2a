import type { RemoteId } from '../model/ids.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { EngineContext } from './context.js'
import { surveyList } from './survey.js'

/** Whether the list shows a batch. `unknown`: the list could not be read as far as it would have to stand. */
export type ListFinding =
  | { readonly type: 'listed'; readonly batch: RemoteBatch; readonly askedAt: EpochMs }
  | { readonly type: 'not_listed' }
  | { readonly type: 'unknown' }

/**
 * Looks for a batch of ours in the list. Its own addresses may answer 404 for hours and heal, so only one that the list
 * lacks too was deleted.
 */
export async function findInList(
  context: EngineContext,
  submission: Submission,
): Promise<ListFinding> {
  const { account, remoteCreatedAt } = submission
  const remoteId = submission.remoteId as RemoteId
  const floorAt = (remoteCreatedAt ?? 0) - context.settings.skewMs
  const survey = await surveyList(context, { account, floorAt })
  const batch = survey.batches.find((each) => each.id === remoteId)
  if (batch !== undefined) return { type: 'listed', batch, askedAt: survey.startedAt }
  return { type: survey.whole ? 'not_listed' : 'unknown' }
}
