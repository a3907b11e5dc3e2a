import {
  type JobId,
  laneOf,
  type Nonce,
  type ProjectId,
  type RequestLife,
  type Store,
} from '@halfrate/core'
import { type JobPrimer, jobPrimerSetting } from '@halfrate/core/caching'
import type { RequestBook } from '../provider/request-book.js'
import type { Workload } from '../scenario/workload.js'
import type { Violations } from './violation.js'

/** What primers of jobs are judged with. */
export interface JobPrimerWatchOptions {
  /** The store itself, without what goes wrong on the way to it. */
  readonly store: Store
  readonly workloads: readonly Workload[]
  readonly book: RequestBook
  readonly violations: Violations
}

interface WatchedJob {
  readonly name: string
  readonly project: ProjectId
  readonly jobId: JobId
  readonly hasDeadlines: boolean
  readonly document: JobPrimer
}

/**
 * Holds what is sent of jobs against their primers at each create: nothing else of a job goes before its primer was answered, ended
 * otherwise, or was waited for as long as its queue says.
 */
export class JobPrimerWatch {
  readonly #options: JobPrimerWatchOptions

  constructor(options: JobPrimerWatchOptions) {
    this.#options = options
  }

  /** Bytes of a batch are about to leave. */
  async onFirstByte(nonce: Nonce): Promise<void> {
    for (const job of await this.#jobs()) {
      const { requestIds, at } = job.document
      const lives = await this.#livesOf(job)
      // What was opened before the primer was chosen is of a time without one.
      const others = lives.filter(
        ({ request, attempts }) =>
          !requestIds.includes(request.id) &&
          attempts.some(
            ({ attempt, submission }) =>
              submission.nonce === nonce && !attempt.withdrawn && submission.openedAt >= at,
          ),
      )
      const primer = lives.filter(({ request }) => requestIds.includes(request.id))
      if (others.length > 0) await this.#judge(job, primer)
    }
  }

  async #judge(job: WatchedJob, primer: readonly RequestLife[]): Promise<void> {
    const { name, hasDeadlines, document } = job
    const { state, reason, until, requestIds } = document
    if (state === 'away') this.#add(`Requests of job ${name} go while its primer is away.`)
    if (state === 'written' && !primer.some(isAnswered)) {
      this.#add(`The primer of job ${name} has written, and none of it was answered.`)
    }
    if (state !== 'cold' || requestIds.length === 0) return
    const isOver = until !== null && until <= (await this.#options.store.now())
    if (reason === 'late' && !isOver) {
      this.#add(`The primer of job ${name} is late before its time is over.`)
    }
    if (reason === 'deadline' && !hasDeadlines) {
      this.#add(`The primer of job ${name} was given up without a deadline.`)
    }
    if ((reason === 'failed' || reason === 'gone') && primer.some(isOpen)) {
      this.#add(`The primer of job ${name} was given up as ${reason} while it was open.`)
    }
  }

  async #jobs(): Promise<readonly WatchedJob[]> {
    const { store, workloads } = this.#options
    const found: WatchedJob[] = []
    for (const { project, deliveries, policies } of workloads) {
      for (const name of new Set(deliveries.map((delivery) => delivery.job))) {
        const mine = deliveries.filter(({ job }) => job === name)
        const asks = mine.some(({ queue }) => (policies.get(queue)?.primerWaitMs ?? 0) > 0)
        if (name === null || !asks) continue
        const job = await store.findJob({ project, name })
        if (job === null) continue
        const setting = await store.getSetting(jobPrimerSetting(project, job.id))
        if (setting === null) continue
        const lanes = mine.flatMap(({ rows }) => rows.map(({ lane }) => laneOf(lane)))
        const hasDeadlines = lanes.some(({ deadlineAt }) => deadlineAt !== null)
        const document = setting.value as JobPrimer
        found.push({ name, project, jobId: job.id, hasDeadlines, document })
      }
    }
    return found
  }

  async #livesOf({ project, jobId }: WatchedJob): Promise<readonly RequestLife[]> {
    const { store, book } = this.#options
    const lives: RequestLife[] = []
    for (const each of book.all()) {
      if (each.project !== project) continue
      const life = await store.getRequest({ project, id: each.id })
      if (life !== null && life.request.jobId === jobId) lives.push(life)
    }
    return lives
  }

  #add(message: string): void {
    this.#options.violations.add('primer', message)
  }
}

function isAnswered({ attempts }: RequestLife): boolean {
  return attempts.some(({ attempt }) => attempt.outcome === 'succeeded')
}

function isOpen({ request }: RequestLife): boolean {
  return request.state !== 'done' && request.supersededBy === null
}
