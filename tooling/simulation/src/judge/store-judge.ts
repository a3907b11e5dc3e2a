import type { ProjectId, Request, RequestId, Store, Submission } from '@halfrate/core'
import type { RequestBook } from '../provider/request-book.js'
import type { Violations } from './violation.js'

/** Looks at a store as a whole, now and then: its own invariants, and that what is done stays as it is. */
export class StoreJudge {
  readonly #store: Store
  readonly #project: ProjectId
  readonly #book: RequestBook
  readonly #violations: Violations
  readonly #done = new Map<RequestId, string>()

  constructor(store: Store, project: ProjectId, book: RequestBook, violations: Violations) {
    this.#store = store
    this.#project = project
    this.#book = book
    this.#violations = violations
  }

  /** Forgets what was done: the store is another one. */
  restart(): void {
    this.#done.clear()
  }

  /** Runs the store's own checks. */
  async verify(): Promise<void> {
    let after: string | null = null
    do {
      const page = await this.#store.verify({ after, limit: 100 })
      for (const { invariant, message } of page.violations) this.#violations.add(invariant, message)
      after = page.next
    } while (after !== null)
  }

  /** Compares what was done before with what it is now. */
  async compareDone(): Promise<void> {
    for await (const request of this.#newest()) {
      if (request.state === 'done') this.#compare(request)
    }
  }

  /** Requests that were promised and are not done, those that a newer one took the place of included. */
  async openRequests(): Promise<readonly Request[]> {
    const open: Request[] = []
    for (const { id } of this.#book.accepted()) {
      if (this.#done.has(id)) continue
      const life = await this.#store.getRequest({ project: this.#project, id })
      if (life === null) continue
      if (life.request.state !== 'done') open.push(life.request)
      else this.#compare(life.request)
    }
    return open
  }

  /** Every submission. */
  async submissions(): Promise<readonly Submission[]> {
    const all: Submission[] = []
    const limit = this.#store.traits.pageLimit
    for (let afterId = 0; ; ) {
      const page = await this.#store.listSubmissions({
        account: null,
        states: null,
        afterId,
        limit,
      })
      all.push(...page)
      const last = page.at(-1)
      if (last === undefined || page.length < limit) return all
      afterId = last.id
    }
  }

  async *#newest(): AsyncGenerator<Request> {
    const limit = this.#store.traits.pageLimit
    const scope = { project: this.#project }
    for (let afterId = 0; ; ) {
      const page = await this.#store.listRequests({ scope, states: null, afterId, limit })
      yield* page
      const last = page.at(-1)
      if (last === undefined || page.length < limit) return
      afterId = last.id
    }
  }

  #compare(request: Request): void {
    const end = JSON.stringify([request.verdict, request.result, request.doneAt])
    const before = this.#done.get(request.id)
    this.#done.set(request.id, end)
    if (before === undefined || before === end) return
    this.#violations.add('I9', `Request ${request.id} was done as ${before} and is now ${end}.`)
  }
}
