import type { JobId, ProjectId } from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import { type JobBudget, jobBudgetSetting } from '../model/setting-documents.js'
import { type EpochMs, MINUTE_MS } from '../model/time.js'
import { type Admission, admitPage, type BudgetFacts } from '../policy/budget.js'
import { holdOf } from '../policy/money/hold.js'
import type { WaitingRequest } from '../ports/store-planning.js'
import { type EngineContext, tell } from './context.js'

// What becomes free is mostly a batch that closes, after which a round follows at once. A cap may be raised, and what is
// first in line may be canceled, by anybody at any time.
const LOOK_AGAIN_MS = MINUTE_MS

/** A waiting request with the most that its next attempt can cost; null when the price is unknown. */
export interface PricedRequest extends WaitingRequest {
  readonly holdNano: NanoUsd | null
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
  readonly #project: ProjectId
  /** Null for a job without a cap. */
  readonly #jobs = new Map<JobId, CappedJob | null>()
  readonly #stopped = new Map<JobId, NanoUsd | null>()

  constructor(context: EngineContext, project: ProjectId) {
    this.#context = context
    this.#project = project
  }

  /** Jobs of which a request did not fit. */
  get stopped(): readonly JobId[] {
    return [...this.#stopped.keys()]
  }

  /** Takes from a page what fits under the caps of its jobs. */
  async admit(page: readonly WaitingRequest[]): Promise<Admission<PricedRequest>> {
    const { clock, priceBook: book } = this.#context
    const at = clock.now()
    for (const { jobId } of page) {
      if (jobId !== null && !this.#jobs.has(jobId)) this.#jobs.set(jobId, await this.#read(jobId))
    }
    const priced = page.map((request) => ({
      ...request,
      holdNano: holdOf({ ...request, at, book }),
    }))
    const capped = [...this.#jobs].flatMap(([jobId, job]) =>
      job === null ? [] : [[jobId, job] as const],
    )
    const admission = admitPage(priced, new Map(capped))
    for (const [jobId, needed] of admission.stopped) this.#stopped.set(jobId, needed)
    for (const jobId of new Set(admission.admitted.map((request) => request.jobId))) {
      if (jobId !== null) await this.#goOn(jobId)
    }
    return admission
  }

  /** Counts what is about to join a batch against the caps. */
  note(members: readonly PricedRequest[]): void {
    for (const { jobId, holdNano } of members) {
      const job = jobId === null ? null : this.#jobs.get(jobId)
      if (jobId === null || job == null) continue
      const heldNano = (job.spending.heldNano + (holdNano ?? 0)) as NanoUsd
      this.#jobs.set(jobId, { ...job, spending: { ...job.spending, heldNano } })
    }
  }

  /**
   * Notes which jobs stand still at their caps, with nothing under way, and tells it once. Answers when to look again; null
   * when none waits for its cap.
   */
  async tellStops(now: EpochMs): Promise<EpochMs | null> {
    for (const [jobId, neededNano] of this.#stopped) {
      const job = this.#jobs.get(jobId)
      if (job == null || job.spending.heldNano > 0) continue
      const { document, capNano } = job
      if (document.stopped?.neededNano === neededNano) continue
      // Noted before it is told, so that of all workers one tells it.
      const isNoted = await this.#write(jobId, job, {
        ...document,
        stopped: { at: now, neededNano },
      })
      if (!isNoted || document.stopped !== undefined) continue
      const { job: name } = document
      tell(this.#context, { type: 'budget_reached', jobId, job: name, capNano, neededNano })
    }
    return this.#stopped.size === 0 ? null : now + LOOK_AGAIN_MS
  }

  // The cap first: what is read after it can only be more than what stood against it then.
  async #read(jobId: JobId): Promise<CappedJob | null> {
    const { store } = this.#context
    const stored = await store.getSetting(jobBudgetSetting(this.#project, jobId))
    if (stored === null) return null
    const document = stored.value as JobBudget
    const { capNano } = document
    if (capNano === null) return null
    const spending = await store.spending({ project: this.#project, jobId })
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
    const name = jobBudgetSetting(this.#project, jobId)
    const written = await this.#context.store.putSetting({ ...name, value, ifVersion: job.version })
    if (written === null) return false
    this.#jobs.set(jobId, { ...job, document: value, version: written.version })
    return true
  }
}
