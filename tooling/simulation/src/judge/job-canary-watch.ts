import {
  type JobId,
  laneOf,
  type Nonce,
  type ProjectId,
  type ReasonCode,
  type Request,
  type RequestId,
  type RequestLife,
  type Store,
} from '@halfrate/core'
import { type JobCanary, jobCanarySetting } from '@halfrate/core/canary'
import type { RequestBook } from '../provider/request-book.js'
import type { Workload } from '../scenario/workload.js'
import type { Violations } from './violation.js'

/** What canaries of jobs are judged with. */
export interface JobCanaryWatchOptions {
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
  /** Most requests of its canary. */
  readonly size: number
  readonly hasDeadlines: boolean
  readonly document: JobCanary | null
}

const SILENT: readonly ReasonCode[] = [
  'canceled',
  'superseded',
  'file_damaged',
  'possibly_paid',
  'result_lost',
]

/**
 * Holds what is sent of jobs against their canaries at each create: nothing but these before they are over, never more than their queue
 * says, and no end of them that their requests don't bear out. What requests show is counted here.
 */
export class JobCanaryWatch {
  readonly #options: JobCanaryWatchOptions
  readonly #before = new Map<JobId, JobCanary>()

  constructor(options: JobCanaryWatchOptions) {
    this.#options = options
  }

  /** Forgets what was seen: the store is another one. */
  restart(): void {
    this.#before.clear()
  }

  /** Bytes of a batch are about to leave. */
  async onFirstByte(nonce: Nonce): Promise<void> {
    for (const job of await this.#jobs()) {
      await this.#judgeChoice(job)
      // What was opened before the canary of now was chosen may be one of those before it, whose bytes come late.
      const chosenAt = job.document?.at ?? 0
      const lives = await this.#livesOf(job)
      const members = lives.filter((life) =>
        life.attempts.some(
          ({ attempt, submission }) =>
            submission.nonce === nonce && !attempt.withdrawn && submission.openedAt >= chosenAt,
        ),
      )
      if (members.length > 0) this.#judge(job, members, await this.#canaryOf(job))
    }
  }

  // Another one is chosen when nothing of the one before it can tell anything, or the job was stopped by it.
  async #judgeChoice(job: WatchedJob): Promise<void> {
    const { name, jobId, document } = job
    const before = this.#before.get(jobId)
    if (document !== null) this.#before.set(jobId, document)
    if (before?.state !== 'away' || document?.state !== 'away' || document.at <= before.at) return
    const canary = await this.#canaryOf({ ...job, document: before })
    const isOpen = ({ state, supersededBy, cancelRequestedAt }: Request): boolean =>
      state !== 'done' && supersededBy === null && cancelRequestedAt === null
    const isForgotten = canary.length > 0 && canary.every(isOpen)
    if (isForgotten) this.#add(`Job ${name} has another canary while the first one is away.`)
  }

  /** Those of the open requests whose jobs were not stopped by a canary that was no good. */
  async withoutThoseThatWait(open: readonly Request[]): Promise<readonly Request[]> {
    if (open.every(({ state, jobId }) => state !== 'waiting' || jobId === null)) return open
    const stopped = new Set<JobId>()
    for (const job of await this.#jobs()) {
      if (job.document?.state !== 'stopped') continue
      const canary = await this.#canaryOf(job)
      // Some of it may have been replaced after that.
      const stands = canary.some((each) => each.supersededBy === null && isTelling(each))
      if (stands && canary.some(isFailed)) stopped.add(job.jobId)
    }
    const waits = ({ state, jobId }: Request): boolean =>
      state === 'waiting' && jobId !== null && stopped.has(jobId)
    return open.filter((request) => !waits(request))
  }

  #judge(job: WatchedJob, members: readonly RequestLife[], canary: readonly Request[]): void {
    const { name, size, document, hasDeadlines } = job
    const ids = new Set<RequestId>(document?.requestIds ?? [])
    if (ids.size > size) this.#add(`Job ${name} has a canary of ${ids.size}, of at most ${size}.`)
    switch (document?.state) {
      case undefined:
      case 'away':
      case 'stopped': {
        const others = members.filter(({ request }) => !ids.has(request.id))
        if (others.length === 0) return
        const state = document?.state ?? 'not chosen'
        this.#add(`${others.length} requests of job ${name} go while its canary is ${state}.`)
        return
      }
      case 'passed':
        if (isBad(canary)) this.#add(`The canary of job ${name} passed, and most of it failed.`)
        return
      case 'skipped':
        if (!hasDeadlines) this.#add(`The canary of job ${name} was skipped without a deadline.`)
        return
      case 'resumed':
        this.#add(`Job ${name} was resumed, by nobody.`)
    }
  }

  async #jobs(): Promise<readonly WatchedJob[]> {
    const { store, workloads } = this.#options
    const found: WatchedJob[] = []
    for (const { project, deliveries, policies } of workloads) {
      for (const name of new Set(deliveries.map((delivery) => delivery.job))) {
        const mine = deliveries.filter(({ job }) => job === name)
        const sizes = mine.map(({ queue }) => policies.get(queue)?.canary ?? 0)
        const size = Math.max(...sizes)
        if (name === null || size === 0) continue
        const job = await store.findJob({ project, name })
        if (job === null) continue
        const setting = await store.getSetting(jobCanarySetting(project, job.id))
        const document = (setting?.value ?? null) as JobCanary | null
        const lanes = mine.flatMap(({ rows }) => rows.map(({ lane }) => laneOf(lane)))
        const hasDeadlines = lanes.some(({ deadlineAt }) => deadlineAt !== null)
        found.push({ name, project, jobId: job.id, size, hasDeadlines, document })
      }
    }
    return found
  }

  async #canaryOf({ project, document }: WatchedJob): Promise<readonly Request[]> {
    const ids = document?.requestIds ?? []
    const { store } = this.#options
    const lives = await Promise.all(ids.map((id) => store.getRequest({ project, id })))
    return lives.flatMap((life) => (life === null ? [] : [life.request]))
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
    this.#options.violations.add('canary', message)
  }
}

function isTelling({ state, verdict }: Request): boolean {
  return state !== 'done' || verdict === null || !SILENT.includes(verdict.reason)
}

function isFailed(request: Request): boolean {
  return request.state === 'done' && request.verdict?.status === 'failed' && isTelling(request)
}

// More than half of it failed, however good what was replaced since may have been.
function isBad(canary: readonly Request[]): boolean {
  const failed = canary.filter((each) => each.supersededBy === null && isFailed(each))
  return 2 * failed.length > canary.length
}
