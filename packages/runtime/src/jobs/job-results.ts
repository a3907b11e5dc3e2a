import type { Clock, ResultRow, Store, Job as StoredJob } from '@halfrate/core'
import type { Changes } from '../changes.js'
import { LookPace } from '../look-pace.js'
import { BudgetReachedError } from './budget-reached-error.js'
import { CanaryStoppedError } from './canary-stopped-error.js'
import { DoneRows } from './done-rows.js'
import { readJobBudget } from './job-budget.js'
import { canaryReportOf } from './job-canary.js'
import { patiently } from './patiently.js'
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

/**
 * Results of a job, each once, as they become done; ends when the job is.
 *
 * @throws {BudgetReachedError} after those that are done, when the job stands still at its cap.
 * @throws {CanaryStoppedError} after those that are done, when its canary stopped it.
 */
export async function* jobResults<Output>(
  params: FollowParams,
  read: (result: Result) => Promise<Result<Output>>,
): AsyncGenerator<Result<Output>, void, undefined> {
  const rows = new DoneRows(params.store, params.job)
  const pace = paceOf(params)
  for (;;) {
    const look = new Look(params, pace)
    const isOpen = await look.take(() => rows.isOpen())
    // Before the rows: whatever was done when it stood still is among them.
    const stop = isOpen ? await look.take(() => stopOf(params)) : null
    for (const pages = rows.pages(); ; ) {
      const page = await look.take(() => pages.next())
      if (page.done === true) break
      for (const row of page.value as readonly ResultRow[]) yield await read(resultOf(row))
    }
    if (!isOpen && !rows.hasMissed) return
    if (stop !== null && !rows.hasMissed) throw stop
    await look.rest()
  }
}

// A batch that was given up as lost may have turned up since the note was written.
async function stopOf({
  store,
  job,
}: FollowParams): Promise<BudgetReachedError | CanaryStoppedError | null> {
  const budget = await patiently(() => readJobBudget(store, job))
  const canary = await patiently(() => canaryReportOf(store, job))
  const finding = canary?.finding ?? null
  if (budget?.stopped === undefined && finding === null) return null
  const { project, id: jobId, name } = job
  const { openAttempts } = await patiently(() => store.spending({ project, jobId }))
  if (openAttempts > 0) return null
  if (finding !== null) return new CanaryStoppedError(name, finding)
  return budget === null ? null : new BudgetReachedError(budget)
}

/**
 * Resolves when every row of a job is done.
 *
 * @throws {BudgetReachedError} when it stands still at its cap.
 * @throws {CanaryStoppedError} when its canary stopped it.
 */
export async function jobEnd(params: FollowParams): Promise<void> {
  const rows = new DoneRows(params.store, params.job)
  const pace = paceOf(params)
  for (;;) {
    const look = new Look(params, pace)
    if (!(await look.take(() => rows.isOpen()))) return
    const stop = await look.take(() => stopOf(params))
    if (stop !== null) throw stop
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
