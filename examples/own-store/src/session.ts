import { type EpochMs, InvariantError, type JobId, StoreUnavailableError } from '@halfrate/core'
import { keepForDelivery } from './delivering/keep-for-delivery.js'
import { publishPage } from './intake/publish-page.js'
import type { Keys } from './keys.js'
import type { Connection } from './redis/connection.js'
import { BEGIN } from './scripts/begin.js'
import { Step } from './step.js'

// Each time that a step is begun again somebody else's has happened, so only a bug comes to this.
const MOST_TRIES = 1_000

/** An open store, for the functions that are its methods. */
export class Session {
  readonly connection: Connection
  readonly keys: Keys
  readonly pageLimit: number
  readonly #now: (() => EpochMs) | null

  constructor(params: {
    readonly connection: Connection
    readonly keys: Keys
    readonly pageLimit: number
    readonly now: (() => EpochMs) | null
  }) {
    this.connection = params.connection
    this.keys = params.keys
    this.pageLimit = params.pageLimit
    this.#now = params.now
  }

  /** The test's clock for a script, or an empty text: then the script asks the server's. */
  clock(): string {
    return this.#now === null ? '' : String(this.#now())
  }

  /** @throws {InvariantError} when a call brings more rows than one page holds. */
  checkPage(rows: readonly unknown[]): void {
    if (rows.length <= this.pageLimit) return
    throw new InvariantError(`A call takes ${this.pageLimit} rows at most, not ${rows.length}.`)
  }

  /** The number of rows to answer when `limit` are asked for. */
  pageOf(limit: number): number {
    return Math.min(limit, this.pageLimit)
  }

  /**
   * Does one atomic step, again and again until nothing that it read was changed under it. What it ends is kept for
   * delivery by the step itself, whichever it is.
   *
   * @param ids - how many new ids it may take.
   */
  async step<T>(work: (step: Step) => Promise<T>, ids = 0): Promise<T> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const step = await this.#begin(ids)
      const outcome = await outcomeOf(wholeStep(step, work))
      // An error that comes from records of two instants is none.
      const holds = await step.commit({ writes: outcome.isOk })
      if (!holds) continue
      if (outcome.isOk) return outcome.value
      throw outcome.error
    }
    throw new StoreUnavailableError('Others changed the same records all the time.')
  }

  // A commit that is not in every index yet is finished first, so nobody sees half of it.
  async #begin(ids: number): Promise<Step> {
    for (;;) {
      const { step, unpublished } = await this.#beginOnce(ids)
      if (unpublished === null) return step
      await this.#publish(unpublished)
    }
  }

  async #beginOnce(ids: number): Promise<{ step: Step; unpublished: JobId | null }> {
    const { connection, keys } = this
    const args = [keys.root, String(ids), this.clock()]
    type Begun = [now: string, first: string, job: string, commits: string]
    const [now, first, job, commits] = await connection.run<Begun>(BEGIN, args)
    const firstId = Number(first)
    const step = new Step({ connection, keys, now: Number(now), firstId, ids, commits })
    return { step, unpublished: job === '' ? null : (Number(job) as JobId) }
  }

  async #publish(jobId: JobId): Promise<void> {
    const { step } = await this.#beginOnce(0)
    await step.jobs.load([jobId])
    await publishPage(step, jobId, this.pageLimit)
    await step.commit({ writes: true })
  }
}

async function wholeStep<T>(step: Step, work: (step: Step) => Promise<T>): Promise<T> {
  const value = await work(step)
  await keepForDelivery(step)
  return value
}

type Outcome<T> =
  | { readonly isOk: true; readonly value: T }
  | { readonly isOk: false; readonly error: unknown }

async function outcomeOf<T>(work: Promise<T>): Promise<Outcome<T>> {
  try {
    return { isOk: true, value: await work }
  } catch (error) {
    return { isOk: false, error }
  }
}
