import {
  type EpochMs,
  enqueue,
  type IntakeRow,
  type ProjectId,
  type QueueName,
  type Store,
} from '@halfrate/core'
import { type AcceptedRow, withDeadline } from '@halfrate/core/intake'
import type { PriceBook } from '@halfrate/core/money'
import { refuseUnpriced } from '@halfrate/runtime'

/** How the rows of an input met what was in the queue. */
export interface EnqueuedCounts {
  readonly added: number
  /** There before with the same params, or earlier in the input. */
  readonly same: number
  /** Keys that were there with other params. */
  readonly taken: readonly string[]
  /** Of those that were added: asked in real time. */
  readonly called: number
  /** Of those that were added: not likely there when they are wanted. */
  readonly late: number
}

const PAGE_BYTES = 16_777_216

/**
 * Puts rows into a queue, each for itself, in memory of a page.
 *
 * @throws {StoreUnavailableError} when the store did not answer; the same rows again go on, nothing is stored twice.
 */
export async function enqueueRows(params: {
  readonly store: Pick<Store, 'putRequests' | 'getSetting' | 'now' | 'traits'>
  readonly project: ProjectId
  readonly queue: QueueName
  /** What prices are told by. */
  readonly book: PriceBook
  readonly at: EpochMs
  readonly rows: AsyncIterable<AcceptedRow>
  /** When rows are wanted that don't say it themselves; null for no instant. */
  readonly deadlineAt: EpochMs | null
}): Promise<EnqueuedCounts> {
  const { store, project, queue, rows, book, at, deadlineAt } = params
  const counts = { added: 0, same: 0, taken: [] as string[], called: 0, late: 0 }
  const put = async (page: readonly IntakeRow[]): Promise<void> => {
    await refuseUnpriced(store, { queue, models: page.map(({ model }) => model), book, at })
    const answers = await enqueue({ store, project, queue, rows: page })
    for (const [index, { type, route, isInTime }] of answers.entries()) {
      if (type === 'new') {
        counts.added += 1
        if (route === 'realtime') counts.called += 1
        if (isInTime === false) counts.late += 1
      } else if (type === 'same') counts.same += 1
      else counts.taken.push(page[index]?.key ?? '')
    }
  }
  let page: IntakeRow[] = []
  let bytes = 0
  for await (const row of rows) {
    page.push(withDeadline({ ...row, row: null }, deadlineAt))
    bytes += row.itemBytes
    if (page.length < store.traits.pageLimit && bytes < PAGE_BYTES) continue
    await put(page)
    page = []
    bytes = 0
  }
  if (page.length > 0) await put(page)
  return counts
}
