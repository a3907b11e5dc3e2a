import {
  type ProjectId,
  RECOVERED_HOME,
  type ReportCounts,
  type Request,
  type RequestId,
  type RequestState,
  type Store,
} from '@halfrate/core'
import type { RequestBook } from '../provider/request-book.js'
import type { Violations } from './violation.js'

/** What sums are judged by. */
export interface SumJudgeOptions {
  readonly store: Store
  readonly projects: readonly ProjectId[]
  readonly book: RequestBook
  readonly violations: Violations
}

const STATES: readonly RequestState[] = ['waiting', 'assigned', 'done']

/**
 * Judges I1 as a sum: what a store reports of a project is what the intake promised it, each request under one state and
 * none besides.
 */
export class SumJudge {
  readonly #options: SumJudgeOptions
  #isRestored = false

  constructor(options: SumJudgeOptions) {
    this.#options = options
  }

  /** A backup was put back: a recovery may add requests of its own. */
  restart(): void {
    this.#isRestored = true
  }

  /** Holds each project's report against the book. */
  async check(): Promise<void> {
    for (const project of this.#options.projects) await this.#countsOf(project)
  }

  /**
   * Holds the lists by state against the book and the report: who is in none of them, in two, or in a wrong one is found.
   * Answers all that are listed.
   */
  async list(): Promise<readonly Request[]> {
    const all: Request[] = []
    for (const project of this.#options.projects) {
      const counts = await this.#countsOf(project)
      const recovered = await this.#recoveredIn(project)
      const listed = new Map<RequestId, RequestState>()
      for (const state of STATES) {
        const found = await this.#listOf(project, state)
        for (const request of found) this.#see(listed, request, { project, state })
        if (found.length !== counts.byState[state]) {
          this.#add(project, `reports ${counts.byState[state]} ${state} and lists ${found.length}`)
        }
        all.push(...found)
      }
      const unpromised = [...listed.keys()].filter((id) => !this.#isPromised(project, id)).length
      if (unpromised === recovered) continue
      this.#add(project, `lists ${unpromised} that it never promised, ${recovered} taken in again`)
    }
    return all
  }

  #see(
    listed: Map<RequestId, RequestState>,
    { id, state: own, project: theirs }: Request,
    { project, state }: { readonly project: ProjectId; readonly state: RequestState },
  ): void {
    const before = listed.get(id)
    listed.set(id, state)
    if (before !== undefined) this.#add(project, `lists ${id} as ${before} and as ${state}`)
    if (own !== state) this.#add(project, `lists ${id} as ${state}; it is ${own}`)
    if (theirs === project) return
    this.#options.violations.add('I14', `${project} lists ${id}, which is of ${theirs}.`)
  }

  async #countsOf(project: ProjectId): Promise<ReportCounts> {
    const { counts } = await this.#options.store.report({ scope: { project } })
    const { total, byState, byStatus, assignedBySubmission } = counts
    const promised = this.#promisedTo(project) + (await this.#recoveredIn(project))
    if (total !== promised) this.#add(project, `reports ${total} requests and promised ${promised}`)
    const parts = [
      ['states', sum(byState), total],
      ['statuses', sum(byStatus), byState.done],
      ['submissions', sum(assignedBySubmission), byState.assigned],
    ] as const
    for (const [what, found, expected] of parts) {
      if (found === expected) continue
      this.#add(project, `reports ${found} requests by ${what}, and ${expected} are to be in one`)
    }
    return counts
  }

  // A report counts the newest request of every key, and the keys of a project's run are unique over all queues and jobs.
  #promisedTo(project: ProjectId): number {
    const keys = new Set<string>()
    for (const request of this.#options.book.all()) {
      if (request.isAccepted && request.project === project) keys.add(request.key)
    }
    return keys.size
  }

  #isPromised(project: ProjectId, id: RequestId): boolean {
    const request = this.#options.book.get(id)
    return request?.isAccepted === true && request.project === project
  }

  async #recoveredIn(project: ProjectId): Promise<number> {
    if (!this.#isRestored) return 0
    const { store } = this.#options
    const job = await store.findJob({ project, name: RECOVERED_HOME.job })
    if (job === null) return 0
    return (await store.report({ scope: { project, jobId: job.id } })).counts.total
  }

  async #listOf(project: ProjectId, state: RequestState): Promise<readonly Request[]> {
    const { store } = this.#options
    const limit = store.traits.pageLimit
    const scope = { project }
    const all: Request[] = []
    for (let afterId = 0; ; ) {
      const page = await store.listRequests({ scope, states: [state], afterId, limit })
      all.push(...page)
      const last = page.at(-1)
      if (last === undefined || page.length < limit) return all
      afterId = last.id
    }
  }

  #add(project: ProjectId, message: string): void {
    this.#options.violations.add('I1', `${project} ${message}.`)
  }
}

function sum(counts: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0)
}
