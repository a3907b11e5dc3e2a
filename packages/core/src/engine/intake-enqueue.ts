import {
  type AccountId,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  type ProjectId,
  type QueueName,
} from '../model/ids.js'
import type { Door } from '../policy/intake/loose-door.js'
import type { Store } from '../ports/store.js'
import type { IntakeRow, OnConflict, PutAnswer } from '../ports/store-intake.js'
import { doorOfQueue } from './doors.js'
import { IntakePage } from './intake-page.js'

/** What to enqueue, and where. */
export interface EnqueueParams {
  readonly store: Pick<Store, 'putRequests' | 'getSetting' | 'traits'>
  /** Default: the default one. */
  readonly project?: ProjectId | undefined
  readonly account?: AccountId | undefined
  readonly queue?: QueueName | undefined
  /** Default `report`: the answer says so, and the request that is there stands. */
  readonly onConflict?: OnConflict | undefined
  /** Rows without a row number. */
  readonly rows: Iterable<IntakeRow>
}

/**
 * Stores requests that belong to no job. Each page is accepted as soon as it is stored.
 *
 * Answers every row in order; enqueueing again what is there answers with the request that is there.
 *
 * @throws {StoreUnavailableError} when the store did not answer; enqueue the same rows again, none is stored twice.
 */
export async function enqueue(params: EnqueueParams): Promise<readonly PutAnswer[]> {
  const { store } = params
  const project = params.project ?? DEFAULT_PROJECT
  const queue = params.queue ?? DEFAULT_QUEUE
  const page = new IntakePage(store.traits.pageLimit)
  const answers: PutAnswer[] = []
  let door: Door | null = null
  const put = async () => {
    door ??= await doorOfQueue(store, project, queue)
    const stored = await store.putRequests({
      ...{ project, queue, job: null },
      account: params.account ?? DEFAULT_ACCOUNT,
      onConflict: params.onConflict ?? 'report',
      rows: door(page.take()),
    })
    for (const answer of stored) answers.push(answer)
  }
  for (const row of params.rows) if (page.add(row)) await put()
  if (!page.isEmpty) await put()
  return answers
}
