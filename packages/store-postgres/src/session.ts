import { type Fence, InvariantError, LeaseLostError } from '@halfrate/core'
import type { Database, Transaction } from './database/database.js'
import { escapedText } from './database/escaped-text.js'
import { Names } from './database/names.js'
import type { Mode } from './database/session-settings.js'
import { EndedRequests } from './ended-requests.js'

/** What a step works with while its transaction lasts. */
export interface Step extends Transaction {
  readonly names: Names
  readonly pageLimit: number
  /** What it has ended so far. */
  readonly ended: EndedRequests
}

// Ids of a busy millisecond; at more than 256,000 a second they run ahead of the clock for a while.
const IDS_PER_MS = 256
// Counted from 2026, ids fit into six bytes until 2043.
const ORIGIN_AT = Date.UTC(2026, 0, 1)

/** An open store: runs its steps and gives out its numbers. */
export class Session {
  readonly database: Database
  readonly pageLimit: number
  /** The schema that holds the tables. */
  readonly schema: string
  readonly #beforeCommit: (step: Step) => Promise<void>
  readonly #names = new Names()

  constructor(
    params: Readonly<{
      database: Database
      schema: string
      pageLimit: number
      /** Ends every step that writes, in its transaction. */
      beforeCommit: (step: Step) => Promise<void>
    }>,
  ) {
    this.#beforeCommit = params.beforeCommit
    this.database = params.database
    this.schema = params.schema
    this.pageLimit = params.pageLimit
  }

  /** Runs a step that writes: whole, or not at all, and maybe several times until it is. */
  write<T>(work: (step: Step) => Promise<T>): Promise<T> {
    return this.#run('write', async (step) => {
      const value = await work(step)
      await this.#beforeCommit(step)
      return value
    })
  }

  /** Runs a step that only reads. */
  read<T>(work: (step: Step) => Promise<T>): Promise<T> {
    return this.#run('read', work)
  }

  /** Runs a step whose reads are all of one moment, and go by keys. */
  page<T>(work: (step: Step) => Promise<T>): Promise<T> {
    return this.#run('page', work)
  }

  /** Runs a step whose reads are all of one moment, and may go through whole tables. */
  snapshot<T>(work: (step: Step) => Promise<T>): Promise<T> {
    return this.#run('snapshot', work)
  }

  /** The numbers of names, new ones if need be. Not in a step: a name is kept even when the step is not. */
  async idsOf(...texts: readonly string[]): Promise<readonly number[]> {
    const cached = this.#names.cached(texts)
    if (cached !== null) return cached
    await this.write(({ db, names }) => names.add(db, texts))
    return this.read(async ({ db, names }) => {
      const ids = await names.find(db, texts)
      if (ids.includes(null)) throw new InvariantError('A name came back without its number.')
      return ids as readonly number[]
    })
  }

  /**
   * Takes a block of ascending ids and answers the first. Not in a step, which would make every other one wait.
   *
   * The clock is their floor, so a store that was restored from a copy never gives one out again.
   */
  async takeIds(count: number): Promise<number> {
    return (await this.database.single<{ first: number }>(this.idsText(count))).first
  }

  /** The statement that takes a block of ids and answers `first`. */
  idsText(count: number): string {
    const floor = `((${this.database.clock}) - ${ORIGIN_AT}) * ${IDS_PER_MS}`
    return `UPDATE counters SET value = greatest(value, ${floor}) + ${count}
      WHERE name = 'next_id' RETURNING value - ${count} AS first`
  }

  #run<T>(mode: Mode, work: (step: Step) => Promise<T>): Promise<T> {
    const { pageLimit } = this
    return this.database.run(mode, (transaction) =>
      work({ ...transaction, names: this.#names, pageLimit, ended: new EndedRequests() }),
    )
  }
}

/** @throws {InvariantError} when a call brings more rows than one page holds. */
export function checkPage(session: { readonly pageLimit: number }, rows: readonly unknown[]): void {
  if (rows.length <= session.pageLimit) return
  throw new InvariantError(`A call takes ${session.pageLimit} rows at most, not ${rows.length}.`)
}

/** The number of rows to answer when `limit` are asked for. */
export function pageOf(session: { readonly pageLimit: number }, limit: number): number {
  return Math.max(0, Math.min(limit, session.pageLimit))
}

// Shared, so that nobody is given the lease before the step is over.
const FIND_LEASE =
  'SELECT epoch FROM leases WHERE resource = $1 AND worker_id IS NOT NULL FOR SHARE'

/**
 * Passes when a fence is the newest lease of one of the given resources, and keeps it so until the step is over. Locks
 * of submissions are taken before it, those of requests after it.
 *
 * @throws {LeaseLostError} otherwise.
 */
export async function checkFence(
  step: Step,
  fence: Fence,
  ...resources: readonly string[]
): Promise<void> {
  const lease = await step.db.get<{ epoch: number }>(FIND_LEASE, escapedText(fence.resource))
  if (lease?.epoch === fence.epoch && resources.includes(fence.resource)) return
  throw new LeaseLostError(resources.join(' or '))
}
