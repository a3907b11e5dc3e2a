import {
  DEFAULT_PROJECT,
  type EpochMs,
  type JobId,
  laneOf,
  type QueueName,
  type Submission,
  type WaitingGroup,
} from '@halfrate/core'
import type { BatchOutlook } from '@halfrate/core/turnaround'
import { type Halfrate, readOutlook } from '@halfrate/runtime'

/** When the answers of a batch at Claude are likely there; null for one that is not there. */
export async function outlookOf(
  { store }: Pick<Halfrate, 'store'>,
  submission: Submission,
): Promise<BatchOutlook | null> {
  const {
    account,
    remoteCreatedAt: startsAt,
    requestCount: requests,
    id: submissionId,
  } = submission
  if (submission.state !== 'in_progress' || startsAt === null) return null
  // In wire order those of a model stand together, so the first and the last say whether there are several.
  const [first] = await store.openOutcomes({ submissionId, after: -1, limit: 1 })
  const [last] = await store.openOutcomes({ submissionId, after: requests - 2, limit: 1 })
  const models: string[] = []
  for (const end of [first, last]) {
    if (end === undefined) continue
    const life = await store.getRequest({ project: submission.project, id: end.requestId })
    if (life !== null) models.push(life.request.model)
  }
  return await readOutlook(store, {
    ...{ account, requests, startsAt },
    models: models.length === 0 ? null : models,
  })
}

/** When the answers of what waits are likely there, if it is sent at an instant; null for what is sent in real time. */
export async function outlookOfWaiting(
  { store }: Pick<Halfrate, 'store'>,
  of: {
    readonly queue: QueueName
    readonly group: WaitingGroup
    readonly except: readonly JobId[]
    readonly startsAt: EpochMs
  },
): Promise<BatchOutlook | null> {
  const { queue, group, except, startsAt } = of
  const { account, lane, batchLimit, maxId, count } = group
  if (laneOf(lane).route === 'realtime') return null
  const [first] = await store.readWaiting({
    ...{ project: DEFAULT_PROJECT, queue, account, lane, batchLimit, maxId, except },
    limit: 1,
  })
  return await readOutlook(store, {
    ...{ account, startsAt },
    requests: Math.min(count, batchLimit ?? count),
    models: first === undefined ? null : [first.model],
  })
}
