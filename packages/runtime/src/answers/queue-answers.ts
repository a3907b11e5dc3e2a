import {
  ConfigError,
  type EpochMs,
  type ProjectId,
  type QueueName,
  type ResultRow,
  type Store,
} from '@halfrate/core'
import { type ReadingMark, ReadingOn } from '@halfrate/core/results'
import { patiently } from '../jobs/patiently.js'
import { nextPageSize } from './page-size.js'

/** Which answers of a queue are read: all of them, those since an instant, or those that no reading before gave. */
export type AnswersFrom = { readonly since: EpochMs | null } | { readonly after: ReadingMark }

/** What answers are read from. */
export interface QueueAnswersParams {
  readonly store: Pick<Store, 'now' | 'readResults' | 'traits'>
  readonly project: ProjectId
  readonly queue: QueueName
  readonly from: AnswersFrom
  /** Most answers that are in memory at a time; they are fewer where they are large. */
  readonly most: number
  /** How long is waited between tries of one page while the store does not answer, milliseconds; a minute unless it is said. */
  readonly patienceMs?: number | undefined
}

/** What a reading that has come to its end found beside the answers. */
export interface AnswersEnd {
  /** Requests of the queue that are not done. */
  readonly openCount: number
  /** Those done so shortly before that the next reading gives them; only in readings after a mark. */
  readonly freshCount: number
  /** Where the next reading begins; null of one that was not after a mark. */
  readonly mark: ReadingMark | null
}

// A server that restarts is back in it, and nobody looks at a prompt that says nothing for longer.
const PATIENCE_MS = 60_000

/**
 * Reads once through the answers that a queue has outside of jobs, in the order of intake, in memory of constant size.
 *
 * @throws {ConfigError} when the mark is of a later time than the store's clock tells.
 * @throws {StoreUnavailableError} when the store did not come back; the same reading again gives the same.
 */
export async function* queueAnswers(
  params: QueueAnswersParams,
): AsyncGenerator<readonly ResultRow[], AnswersEnd, undefined> {
  const { store, project, queue, from, most, patienceMs = PATIENCE_MS } = params
  const mark = 'after' in from ? from.after : null
  const reading = mark === null ? null : await readingOn(store, mark, patienceMs)
  const doneFrom = 'after' in from ? from.after.doneFrom : (from.since ?? 0)
  const counts = { open: 0, fresh: 0, given: 0 }
  let limit = nextPageSize([], most)
  for (let afterId = mark?.afterId ?? 0; ; ) {
    const page = { project, queue, afterId, doneFrom, limit }
    const rows = await patiently(() => store.readResults(page), patienceMs)
    const given: ResultRow[] = []
    for (const row of rows) {
      const kind = reading?.look(row.request) ?? (row.request.doneAt === null ? 'open' : 'given')
      counts[kind] += 1
      if (kind === 'given') given.push(row)
    }
    if (given.length > 0) yield given
    const last = rows.at(-1)
    if (last === undefined) break
    afterId = last.request.id
    limit = nextPageSize(rows, Math.min(most, store.traits.pageLimit))
  }
  return { openCount: counts.open, freshCount: counts.fresh, mark: reading?.mark ?? null }
}

async function readingOn(
  store: QueueAnswersParams['store'],
  mark: ReadingMark,
  patienceMs: number,
): Promise<ReadingOn> {
  const now = await patiently(() => store.now(), patienceMs)
  if (mark.doneFrom <= now) return new ReadingOn(mark, now)
  throw new ConfigError(
    `after: this cursor is of ${new Date(mark.doneFrom).toISOString()}, and the clock of the store says ${new Date(now).toISOString()}: it is another store's, or the clock was put back.`,
    'Read what is new by the time (since), or begin again with start. Nothing was read.',
  )
}
