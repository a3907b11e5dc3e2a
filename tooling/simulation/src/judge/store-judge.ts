import type { Request, RequestId, Store, Submission } from '@halfrate/core'
import type { RequestBook } from '../provider/request-book.js'
import type { ProjectJudge } from './project-judge.js'
import type { SumJudge } from './sum-judge.js'
import type { Violations } from './violation.js'

/** What the judge of a whole store works with. */
export interface StoreJudgeOptions {
  readonly store: Store
  readonly book: RequestBook
  readonly sums: SumJudge
  readonly projects: ProjectJudge
  readonly violations: Violations
}

/** Looks at a store as a whole, now and then: its own invariants, its sums, and that what is done stays as it is. */
export class StoreJudge {
  readonly #options: StoreJudgeOptions
  readonly #done = new Map<RequestId, string>()

  constructor(options: StoreJudgeOptions) {
    this.#options = options
  }

  /** Forgets what was done: the store is another one. */
  restart(): void {
    this.#done.clear()
    this.#options.sums.restart()
  }

  /** Looks at everything. */
  async look(): Promise<void> {
    await this.verify()
    await this.compareDone()
    await this.#options.projects.check()
  }

  /** Runs the store's own checks, and holds its sums against what was promised. */
  async verify(): Promise<void> {
    const { store, sums, violations } = this.#options
    await sums.check()
    let after: string | null = null
    do {
      const page = await store.verify({ after, limit: 100 })
      for (const { invariant, message } of page.violations) violations.add(invariant, message)
      after = page.next
    } while (after !== null)
  }

  /** Compares what was done before with what it is now. */
  async compareDone(): Promise<void> {
    for (const request of await this.#options.sums.list()) {
      if (request.state === 'done') this.#compare(request)
    }
  }

  /** Requests that were promised and are not done, those that a newer one took the place of included. */
  async openRequests(): Promise<readonly Request[]> {
    const { store, book } = this.#options
    const open: Request[] = []
    for (const { id, project } of book.accepted()) {
      if (this.#done.has(id)) continue
      const life = await store.getRequest({ project, id })
      if (life === null) continue
      if (life.request.state !== 'done') open.push(life.request)
      else this.#compare(life.request)
    }
    return open
  }

  /** Every submission. */
  async submissions(): Promise<readonly Submission[]> {
    const { store } = this.#options
    const all: Submission[] = []
    const limit = store.traits.pageLimit
    for (let afterId = 0; ; ) {
      const page = await store.listSubmissions({ account: null, states: null, afterId, limit })
      all.push(...page)
      const last = page.at(-1)
      if (last === undefined || page.length < limit) return all
      afterId = last.id
    }
  }

  #compare(request: Request): void {
    const end = JSON.stringify([request.verdict, request.result, request.doneAt])
    const before = this.#done.get(request.id)
    this.#done.set(request.id, end)
    if (before === undefined || before === end) return
    const message = `Request ${request.id} was done as ${before} and is now ${end}.`
    this.#options.violations.add('I9', message)
  }
}
