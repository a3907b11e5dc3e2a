import {
  type AccountId,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  type ProjectId,
  type QueueName,
} from '../model/ids.js'
import { laneOf, type Route } from '../model/lane.js'
import type { Store } from '../ports/store.js'
import type { IntakeRow, OnConflict, PutAnswer } from '../ports/store-intake.js'
import { type Door, doorOfQueue } from './doors.js'
import { IntakePage } from './intake-page.js'

/** What to enqueue, and where. */
export interface EnqueueParams {
  readonly store: Pick<Store, 'putRequests' | 'getSetting' | 'now' | 'traits'>
  /** Default: the default one. */
  readonly project?: ProjectId | undefined
  readonly account?: AccountId | undefined
  readonly queue?: QueueName | undefined
  /** Default `report`: the answer says so, and the request that is there stands. */
  readonly onConflict?: OnConflict | undefined
  /** Rows without a row number. */
  readonly rows: Iterable<IntakeRow>
}

/** What became of a row at the door. */
export interface EnqueueAnswer extends PutAnswer {
  /** By which route it goes, if it is new; one that was there has its own. */
  readonly route: Route
  /** Whether its answer is likely there when it is wanted; null where it is wanted by no instant. */
  readonly isInTime: boolean | null
}

/**
 * Stores requests that belong to no job. Each page is accepted as soon as it is stored.
 *
 * Answers every row in order; enqueueing again what is there answers with the request that is there.
 *
 * @throws {StoreUnavailableError} when the store did not answer; enqueue the same rows again, none is stored twice.
 */
export async function enqueue(params: EnqueueParams): Promise<readonly EnqueueAnswer[]> {
  const { store } = params
  const project = params.project ?? DEFAULT_PROJECT
  const queue = params.queue ?? DEFAULT_QUEUE
  const account = params.account ?? DEFAULT_ACCOUNT
  const page = new IntakePage(store.traits.pageLimit)
  const answers: EnqueueAnswer[] = []
  let door: Door | null = null
  const put = async () => {
    door ??= await doorOfQueue(store, { project, queue, account })
    const rows = await door(page.take())
    const stored = await store.putRequests({
      ...{ project, queue, job: null },
      account,
      onConflict: params.onConflict ?? 'report',
      rows,
    })
    for (const [index, answer] of stored.entries()) {
      const { lane, isInTime } = rows[index] as (typeof rows)[number]
      answers.push({ ...answer, route: laneOf(lane).route, isInTime })
    }
  }
  for (const row of params.rows) if (page.add(row)) await put()
  if (!page.isEmpty) await put()
  return answers
}
