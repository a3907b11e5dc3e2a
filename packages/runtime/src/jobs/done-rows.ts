import type {
  Request,
  RequestScope,
  RequestState,
  ResultRow,
  Store,
  Job as StoredJob,
} from '@halfrate/core'
import { IdSet } from './id-set.js'
import { patiently } from './patiently.js'

// Answers may be large, and this many are in memory at once.
const MOST_ANSWERS = 100

type ReadingStore = Pick<Store, 'findJob' | 'listRequests' | 'readResults' | 'traits'>

/** Reads the rows of a job that are done, each once, in pages by key. */
export class DoneRows {
  readonly #store: ReadingStore
  readonly #scope: RequestScope
  readonly #given = new IdSet()
  #job: StoredJob
  /** All requests up to here are done. */
  #doneUpTo = 0
  /** All requests up to here were given. */
  #givenUpTo = 0
  #hasMissed = false

  constructor(store: ReadingStore, job: StoredJob) {
    this.#store = store
    this.#job = job
    this.#scope = { project: job.project, jobId: job.id }
  }

  /** Whether rows are still to come. Ask before reading: what becomes done in between is read then. */
  async isOpen(): Promise<boolean> {
    await this.#noticeNewInput()
    const [open] = await this.#list(['waiting', 'assigned'], this.#doneUpTo, 1)
    if (open === undefined) return false
    this.#doneUpTo = open.id - 1
    return true
  }

  /** A page of rows that are done and were not given before, by the order of intake, until there are none. */
  async *pages(): AsyncGenerator<readonly ResultRow[], void, undefined> {
    const isAllBefore = this.#doneUpTo
    const limit = this.#store.traits.pageLimit
    this.#hasMissed = false
    let afterId = this.#givenUpTo
    for (;;) {
      const page = await this.#list(['done'], afterId, limit)
      for (const run of runsOf(page.filter(({ id }) => !this.#given.has(id)))) {
        const rows = await this.#read(run)
        if (rows.length > 0) yield rows
      }
      const last = page.at(-1)
      if (last === undefined) break
      afterId = last.id
    }
    if (!this.#hasMissed) this.#givenUpTo = isAllBefore
  }

  /** Whether the last reading found rows in another place than before, so that there must be another one. */
  get hasMissed(): boolean {
    return this.#hasMissed
  }

  async #read(run: readonly Request[]): Promise<readonly ResultRow[]> {
    const [first] = run
    if (first === undefined) return []
    const { project, id: jobId } = this.#job
    const page = { project, jobId, afterRow: (first.row ?? 1) - 1, limit: run.length }
    const rows = await patiently(() => this.#store.readResults(page))
    const isWanted = new Set(run.map(({ id }) => id))
    const found = rows.filter(({ request }) => isWanted.has(request.id))
    for (const { request } of found) this.#given.add(request.id)
    if (found.length < run.length) this.#hasMissed = true
    return found
  }

  async #list(
    states: readonly RequestState[],
    afterId: number,
    limit: number,
  ): Promise<readonly Request[]> {
    const page = { scope: this.#scope, states, afterId, limit }
    return await patiently(() => this.#store.listRequests(page))
  }

  // A newer input of the same job may list older requests again.
  async #noticeNewInput(): Promise<void> {
    const { project, name, committedPart } = this.#job
    const now = await patiently(() => this.#store.findJob({ project, name }))
    if (now === null || now.committedPart === committedPart) return
    this.#job = now
    this.#doneUpTo = 0
    this.#givenUpTo = 0
  }
}

/** Requests whose rows follow one another, so that one page of answers holds them and nothing else. */
function runsOf(requests: readonly Request[]): readonly (readonly Request[])[] {
  const runs: Request[][] = []
  const byRow = requests.toSorted((one, other) => (one.row ?? 0) - (other.row ?? 0))
  for (const request of byRow) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    const follows = last !== undefined && request.row === (last.row ?? 0) + 1
    if (run !== undefined && follows && run.length < MOST_ANSWERS) run.push(request)
    else runs.push([request])
  }
  return runs
}
