import type { Clock, ResultRow, Store, Job as StoredJob } from '@halfrate/core'
import type { Changes } from '../changes.js'
import { LookPace } from '../look-pace.js'
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

const LEAST_REST_MS = 50
// Other processes that work on the same store tell nothing here.
const POLL_MS = 1_000

/** Results of a job, each once, as they become done; ends when the job is. */
export async function* jobResults<Output>(
  params: FollowParams,
  read: (result: Result) => Promise<Result<Output>>,
): AsyncGenerator<Result<Output>, void, undefined> {
  const rows = new DoneRows(params.store, params.job)
  const pace = paceOf(params)
  for (;;) {
    const look = new Look(params, pace)
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
  const pace = paceOf(params)
  for (;;) {
    const look = new Look(params, pace)
    if (!(await look.take(() => rows.isOpen()))) return
    await look.rest()
  }
}

// On a clock that stands still nothing takes any time.
function paceOf({ clock, clockFactor }: FollowParams): LookPace {
  const nowMs = (): number => (clockFactor > 0 ? clock.monotonicMs() / clockFactor : 0)
  return new LookPace({ nowMs, leastRestMs: LEAST_REST_MS })
}

/** One look at the store and the rest after it; the time that a caller takes over results is not counted. */
class Look {
  readonly #changes: Changes
  readonly #pace: LookPace
  readonly #seen: number

  constructor({ changes }: FollowParams, pace: LookPace) {
    this.#changes = changes
    this.#pace = pace
    this.#seen = changes.count
  }

  async take<T>(read: () => Promise<T>): Promise<T> {
    return await this.#pace.time(read)
  }

  async rest(): Promise<void> {
    const leastMs = this.#pace.rest()
    const mostMs = Math.max(POLL_MS, leastMs)
    await this.#changes.rest({ seen: this.#seen, leastMs, mostMs })
  }
}
