import type { JobId, ProjectId, QueueName } from '../model/ids.js'
import { laneOf } from '../model/lane.js'
import type { NanoUsd } from '../model/money.js'
import { type BudgetStop, type JobBudget, jobBudgetSetting } from '../model/setting-documents.js'
import { type EpochMs, earliest, MINUTE_MS } from '../model/time.js'
import { type Admission, admitPage, type BudgetFacts } from '../policy/budget.js'
import { holdOf } from '../policy/money/hold.js'
import type { WaitingRequest } from '../ports/store-planning.js'
import { type EngineContext, tell } from './context.js'

// What becomes free is mostly a batch that closes, after which a round follows at once; others may close one too.
const LOOK_UNDER_WAY_MS = MINUTE_MS
// Of a job that stands still only a cancel, or late evidence, frees something. A cap that is given is seen at once.
const LOOK_STOPPED_MS = 10 * MINUTE_MS

/** A waiting request with the most that its next attempt can cost; null when the price is unknown. */
export interface PricedRequest extends WaitingRequest {
  readonly holdNano: NanoUsd | null
}

interface QueuePlace {
  readonly project: ProjectId
  readonly queue: QueueName
}

interface CappedJob extends BudgetFacts {
  readonly document: JobBudget
  readonly version: number
}

/**
 * The caps of jobs, for one planning of their queue.
 *
 * All requests of a job are of one queue, which one worker plans at a time, fenced by its lease. So what counts against a cap
 * can only fall while this worker looks at it, but for what it adds itself, and for batches that were taken for lost.
 */
export class JobBudgets {
  readonly #context: EngineContext
  readonly #place: QueuePlace
  /** Null for a job without a cap. */
  readonly #jobs = new Map<JobId, CappedJob | null>()
  readonly #stopped = new Map<JobId, NanoUsd | null>()

  readonly #recalled = new Map<JobId, EpochMs>()

  constructor(context: EngineContext, place: QueuePlace) {
    this.#context = context
    this.#place = place
  }

  /** Jobs of which a request did not fit. */
  get stopped(): readonly JobId[] {
    return [...this.#recalled.keys(), ...this.#stopped.keys()]
  }

  /** Leaves out, without adding up again, jobs that did not fit a moment ago and whose cap is the same. */
  async recall(): Promise<void> {
    const { store, memory } = this.#context
    const { project, queue } = this.#place
    for (const [jobId, waiting] of memory.waitingJobs) {
      if (waiting.project !== project || waiting.queue !== queue) continue
      const isOver = (await store.now()) >= waiting.until
      const stored = isOver ? null : await store.getSetting(jobBudgetSetting(project, jobId))
      if (stored?.version === waiting.version) this.#recalled.set(jobId, waiting.until)
      else memory.waitingJobs.delete(jobId)
    }
  }

  /** Takes from a page what fits under the caps of its jobs. */
  async admit(page: readonly WaitingRequest[], lane: string): Promise<Admission<PricedRequest>> {
    const { clock, priceBook: book } = this.#context
    const { route } = laneOf(lane)
    const at = clock.now()
    for (const { jobId } of page) {
      if (jobId !== null && !this.#jobs.has(jobId)) this.#jobs.set(jobId, await this.#read(jobId))
    }
    const priced = page.map((request) => ({
      ...request,
      holdNano: holdOf({ ...request, at, book, route }),
    }))
    const capped = [...this.#jobs].flatMap(([jobId, job]) =>
      job === null ? [] : [[jobId, job] as const],
    )
    const admission = admitPage(priced, new Map(capped))
    for (const jobId of new Set(admission.admitted.map((request) => request.jobId))) {
      if (jobId !== null) await this.#goOn(jobId)
    }
    return admission
  }

  /** From now on leaves out jobs of which a request did not fit, once all that was admitted before it has joined. */
  leaveOut(stopped: Admission<PricedRequest>['stopped']): void {
    for (const [jobId, needed] of stopped) this.#stopped.set(jobId, needed)
  }

  /** Counts what is about to join a batch against the caps. */
  note(members: readonly PricedRequest[]): void {
    for (const { jobId, holdNano } of members) {
      const job = jobId === null ? null : this.#jobs.get(jobId)
      if (jobId === null || job == null) continue
      const spending = {
        ...job.spending,
        heldNano: (job.spending.heldNano + (holdNano ?? 0)) as NanoUsd,
        openAttempts: job.spending.openAttempts + 1,
      }
      this.#jobs.set(jobId, { ...job, spending })
    }
  }

  /**
   * Notes which jobs stand still at their caps, with nothing under way, and tells it once. Answers when to look again; null
   * when none waits for its cap.
   */
  async tellStops(now: EpochMs): Promise<EpochMs | null> {
    const lookAt: EpochMs[] = [...this.#recalled.values()]
    for (const [jobId, neededNano] of this.#stopped) {
      const job = this.#jobs.get(jobId)
      if (job == null) continue
      const isUnderWay = job.spending.openAttempts > 0
      if (!isUnderWay) await this.#tellStop(jobId, job, { at: now, neededNano })
      const version = this.#jobs.get(jobId)?.version ?? job.version
      const until = now + (isUnderWay ? LOOK_UNDER_WAY_MS : LOOK_STOPPED_MS)
      this.#context.memory.waitingJobs.set(jobId, { ...this.#place, version, until })
      lookAt.push(until)
    }
    return earliest(...lookAt)
  }

  // Noted before it is told, so that of all workers one tells it.
  async #tellStop(jobId: JobId, job: CappedJob, stopped: BudgetStop): Promise<void> {
    const { document, capNano } = job
    const { neededNano } = stopped
    if (document.stopped?.neededNano === neededNano) return
    const isNoted = await this.#write(jobId, job, { ...document, stopped })
    if (!isNoted || document.stopped !== undefined) return
    const { job: name } = document
    tell(this.#context, { type: 'budget_reached', jobId, job: name, capNano, neededNano })
  }

  // The cap first: what is read after it can only be more than what stood against it then.
  async #read(jobId: JobId): Promise<CappedJob | null> {
    const { store } = this.#context
    const stored = await store.getSetting(jobBudgetSetting(this.#place.project, jobId))
    if (stored === null) return null
    const document = stored.value as JobBudget
    const { capNano } = document
    if (capNano === null) return null
    const spending = await store.spending({ project: this.#place.project, jobId })
    return { capNano, spending, document, version: stored.version }
  }

  // A job that goes on does not stand still any more, whatever let it.
  async #goOn(jobId: JobId): Promise<void> {
    const job = this.#jobs.get(jobId)
    if (job == null || job.document.stopped === undefined) return
    const { job: name, capNano } = job.document
    await this.#write(jobId, job, { job: name, capNano })
  }

  // Whoever loses against another leaves it as that one has it; the next look sees it.
  async #write(jobId: JobId, job: CappedJob, value: JobBudget): Promise<boolean> {
    const name = jobBudgetSetting(this.#place.project, jobId)
    const written = await this.#context.store.putSetting({ ...name, value, ifVersion: job.version })
    if (written === null) return false
    this.#jobs.set(jobId, { ...job, document: value, version: written.version })
    return true
  }
}
