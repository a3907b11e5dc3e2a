import type { Job, OperatingStore, ProjectId, Store } from '@halfrate/core'
import type { BookedRequest, RequestBook } from '../provider/request-book.js'
import { hashOf } from '../scenario/workload.js'
import type { Violations } from './violation.js'

/** What the walls between projects are judged by. */
export interface ProjectJudgeOptions {
  readonly store: Store
  readonly projects: readonly ProjectId[]
  /** Names of jobs, any of which each project may have. */
  readonly jobNames: readonly string[]
  readonly book: RequestBook
  readonly violations: Violations
}

/** Judges that no project is shown, or changes, what is another's, whatever names and ids it asks by. I14. */
export class ProjectJudge {
  readonly #options: ProjectJudgeOptions

  constructor(options: ProjectJudgeOptions) {
    this.#options = options
  }

  /** Asks in every project for what is in the others. */
  async check(): Promise<void> {
    const { projects, book } = this.#options
    if (projects.length < 2) return
    for (const project of projects) {
      await this.#checkSubmissions(project)
      for (const request of book.all()) {
        if (request.project === project) await this.#checkOwn(request)
        else await this.#checkStranger(project, request)
      }
      for (const name of this.#options.jobNames) await this.#checkJob(project, name)
    }
  }

  /** Has every project send others' requests again, at the end of a run: all of it must be refused. */
  async tryRetries(): Promise<void> {
    const { projects, book, violations } = this.#options
    const store: Store & Partial<OperatingStore> = this.#options.store
    for (const project of projects) {
      for (const { id: requestId, project: theirs } of book.all()) {
        if (theirs === project) continue
        const row = { requestId, changed: null }
        const [answer] = (await store.retry?.({ project, rows: [row] })) ?? []
        if (answer === undefined || isUnknown(answer)) continue
        const message = `${project} was told of ${requestId} of ${theirs}: ${JSON.stringify(answer)}.`
        violations.add('I14', message)
      }
    }
  }

  async #checkSubmissions(project: ProjectId): Promise<void> {
    const { store } = this.#options
    const limit = store.traits.pageLimit
    for (let afterId = 0; ; ) {
      const page = await store.submissionsOf({ scope: { project }, afterId, limit })
      for (const { id, project: theirs } of page) {
        if (theirs !== project) this.#add(project, `submission ${id} of ${theirs}`)
      }
      const last = page.at(-1)
      if (last === undefined || page.length < limit) return
      afterId = last.id
    }
  }

  // Under a key that both have, each finds its own.
  async #checkOwn({ project, queue, key }: BookedRequest): Promise<void> {
    const { store, book } = this.#options
    const life = await store.getRequest({ project, scope: { queue }, key, keyHash: hashOf(key) })
    const theirs = life === null ? undefined : book.get(life.request.id)
    if (theirs !== undefined && theirs.project !== project) {
      this.#add(project, `${theirs.id} of ${theirs.project} under ${key}`)
    }
  }

  async #checkStranger(project: ProjectId, { id, project: theirs }: BookedRequest): Promise<void> {
    const life = await this.#options.store.getRequest({ project, id })
    if (life !== null) this.#add(project, `${id} of ${theirs}`)
  }

  async #checkJob(project: ProjectId, name: string): Promise<void> {
    const job = await this.#options.store.findJob({ project, name })
    if (job === null) return
    if (job.project !== project || job.name !== name) {
      return this.#add(project, `job ${job.id} of ${job.project} as its ${name}`)
    }
    for (const other of this.#options.projects) {
      if (other !== project) await this.#checkStrangersJob(other, job)
    }
  }

  async #checkStrangersJob(project: ProjectId, job: Job): Promise<void> {
    const { store } = this.#options
    const jobId = job.id
    const scope = { project, jobId }
    const { counts, money } = await store.report({ scope })
    const rows = await store.readResults({ project, jobId, afterRow: 0, limit: 1 })
    const page = { scope, afterId: 0, limit: 1 }
    const listed = await store.listRequests({ ...page, states: null })
    const submissions = await store.submissionsOf(page)
    const shown = rows.length + listed.length + submissions.length + counts.total + money.paidNano
    if (shown > 0) this.#add(project, `something of job ${jobId}, which is another's`)
    const own = { project: job.project, jobId, afterRow: 0, limit: 1 }
    const [first] = await store.readResults(own)
    if (first === undefined) return
    const { key } = first.request
    const life = await store.getRequest({ project, scope: { jobId }, key, keyHash: hashOf(key) })
    if (life !== null) this.#add(project, `${life.request.id} in job ${jobId}, which is another's`)
  }

  #add(project: ProjectId, what: string): void {
    this.#options.violations.add('I14', `${project} is shown ${what}.`)
  }
}

// Nobody may learn by the refusal how a request of another project stands.
function isUnknown(answer: { readonly type: string; readonly because?: string }): boolean {
  return answer.type === 'refused' && answer.because === 'unknown'
}
