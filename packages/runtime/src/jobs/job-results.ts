import type { Clock, ResultRow, Store, Job as StoredJob } from '@halfrate/core'
import type { Changes } from '../changes.js'
import { DoneRows } from './done-rows.js'
import { type Result, resultOf } from './result.js'

/** What following a job needs. */
export interface FollowParams {
  readonly store: Store
  /** For how long looks take. */
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Milliseconds of that clock in a real one. */
  readonly clockFactor: number
  readonly changes: Changes
  readonly job: StoredJob
}

// Between two looks there are at least this many times as long as the last one took, so that a large job is not asked
// about all the time.
const REST_PER_LOOK = 20
const LEAST_REST_MS = 50
const MOST_REST_MS = 60_000
// Other processes that work on the same store tell nothing here.
const POLL_MS = 1_000

/** Results of a job, each once, as they become done; ends when the job is. */
export async function* jobResults<Output>(
  params: FollowParams,
  read: (result: Result) => Promise<Result<Output>>,
): AsyncGenerator<Result<Output>, void, undefined> {
  const rows = new DoneRows(params.store, params.job)
  for (;;) {
    const look = new Look(params)
    const isOpen = await look.take(() => rows.isOpen())
    for (const pages = rows.pages(); ; ) {
      const page = await look.take(() => pages.next())
      if (page.done === true) break
      for (const row of page.value as readonly ResultRow[]) yield await read(resultOf(row))
    }
    if (!isOpen && !rows.hasMissed) return
    await look.rest()
  }
}

/** Resolves when every row of a job is done. */
export async function jobEnd(params: FollowParams): Promise<void> {
  const rows = new DoneRows(params.store, params.job)
  for (;;) {
    const look = new Look(params)
    if (!(await look.take(() => rows.isOpen()))) return
    await look.rest()
  }
}

/** One look at the store and the rest after it; the time that a caller takes over results is not counted. */
class Look {
  readonly #params: FollowParams
  readonly #seen: number
  #tookMs = 0

  constructor(params: FollowParams) {
    this.#params = params
    this.#seen = params.changes.count
  }

  async take<T>(read: () => Promise<T>): Promise<T> {
    const { clock, clockFactor } = this.#params
    const startedMs = clock.monotonicMs()
    const answer = await read()
    // On a clock that stands still nothing takes any time.
    if (clockFactor > 0) this.#tookMs += (clock.monotonicMs() - startedMs) / clockFactor
    return answer
  }

  async rest(): Promise<void> {
    const leastMs = Math.min(MOST_REST_MS, Math.max(LEAST_REST_MS, this.#tookMs * REST_PER_LOOK))
    const mostMs = Math.max(POLL_MS, leastMs)
    await this.#params.changes.rest({ seen: this.#seen, leastMs, mostMs })
  }
}
