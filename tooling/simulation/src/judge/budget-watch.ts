import {
  type CreateParams,
  DEFAULT_PROJECT,
  type JobBudget,
  type JobId,
  jobBudgetSetting,
  type NanoUsd,
  type ProjectId,
  parseCustomId,
  type Request,
  type RequestId,
  type RequestLife,
  type Store,
} from '@halfrate/core'
import type { LedgerRow } from '@halfrate/emulator/model'
import type { RequestBook } from '../provider/request-book.js'
import type { ScopeBudgets } from '../scenario/budgeted-seeds.js'
import type { Budgets } from '../scenario/budgets.js'
import type { Workload } from '../scenario/workload.js'
import { JobCanaryWatch } from './job-canary-watch.js'
import { JobPrimerWatch } from './job-primer-watch.js'
import { ScopeBudgetWatch } from './scope-budget-watch.js'
import type { SendMoment } from './step-judge.js'
import { holdNanoOf, paidBy, usedBy } from './used-by.js'
import type { Violations } from './violation.js'

/** What caps of jobs are judged with. */
export interface BudgetWatchOptions {
  /** The store itself, without what goes wrong on the way to it. */
  readonly store: Store
  readonly projects: readonly ProjectId[]
  readonly book: RequestBook
  readonly budgets: Budgets
  readonly scopeBudgets: ScopeBudgets
  readonly workloads: readonly Workload[]
  readonly violations: Violations
}

/**
 * Holds what jobs have paid and what they have under way against their caps, what they send against their canaries
 * and primers, at each create, and judges whether what waits in the end waits for its cap. What a request can cost is worked out here from its sizes, never taken from the store.
 */
export class BudgetWatch {
  readonly #options: BudgetWatchOptions
  readonly #scopes: ScopeBudgetWatch
  readonly #canaries: JobCanaryWatch
  readonly #primers: JobPrimerWatch

  constructor(options: BudgetWatchOptions) {
    this.#options = options
    this.#scopes = new ScopeBudgetWatch({ ...options, budgets: options.scopeBudgets })
    this.#canaries = new JobCanaryWatch(options)
    this.#primers = new JobPrimerWatch(options)
  }

  /** Forgets what was seen: the store is another one. */
  restart(): void {
    this.#canaries.restart()
  }

  /** Bytes are about to leave: no job may be above its cap, or beside its canary or primer. */
  async onSend(moment: SendMoment, { nonce }: Pick<CreateParams, 'nonce'>): Promise<void> {
    if (moment !== 'first_byte') return
    await this.#canaries.onFirstByte(nonce)
    await this.#primers.onFirstByte(nonce)
    await this.#scopes.onFirstByte()
    for (const { name, jobId, capNano } of await this.#capped()) {
      const lives = await this.#livesOf(jobId)
      const used = sumOf(lives.flatMap((life) => life.attempts.map((each) => usedBy(life, each))))
      if (used <= capNano) continue
      const message = `Job ${name} has paid and under way ${used} under a cap of ${capNano}.`
      this.#options.violations.add('budget', message)
    }
  }

  /** By the provider's own books: what jobs came to, where nothing was made that their caps could not know of. */
  async judgeBills(billed: readonly LedgerRow[]): Promise<void> {
    for (const { name, jobId, capNano } of await this.#capped()) {
      const ids = new Set((await this.#livesOf(jobId)).map(({ request }) => request.id))
      const mine = billed.filter(({ customId }) => {
        const requestId = parseCustomId(customId ?? '')?.requestId
        return requestId !== undefined && ids.has(requestId)
      })
      const bill = mine.reduce((sum, { nanoUsd }) => sum + (nanoUsd ?? 0n), 0n)
      if (bill <= BigInt(capNano)) continue
      const message = `Job ${name} was billed ${bill} under a cap of ${capNano}.`
      this.#options.violations.add('budget', message)
    }
  }

  /** Those of the open requests that don't wait for the caps of their jobs, and were not stopped by their canaries. */
  async withoutThoseThatWait(all: readonly Request[]): Promise<readonly Request[]> {
    const open = await this.#canaries.withoutThoseThatWait(all)
    const waiting = open.filter(({ state, jobId }) => state === 'waiting' && jobId !== null)
    if (waiting.length === 0) return open
    const stopped = new Map((await this.#capped()).map((each) => [each.jobId, each]))
    const excused = new Set<RequestId>()
    for (const [jobId, { capNano, document }] of stopped) {
      const mine = waiting.filter((request) => request.jobId === jobId)
      if (mine.length === 0 || document.stopped === undefined) continue
      if (await this.#isFull(jobId, capNano, mine)) for (const { id } of mine) excused.add(id)
    }
    return open.filter(({ id }) => !excused.has(id))
  }

  // Whether one of those that wait does not fit, so that it and those behind it have to.
  async #isFull(jobId: JobId, capNano: NanoUsd, waiting: readonly Request[]): Promise<boolean> {
    const lives = await this.#livesOf(jobId)
    const paid = sumOf(
      lives.flatMap((life) => life.attempts.map((each) => paidBy(life, each) ?? Infinity)),
    )
    return waiting.some((request) => paid + (holdNanoOf(request) ?? Infinity) > capNano)
  }

  async #capped(): Promise<readonly Capped[]> {
    const { store, budgets } = this.#options
    const found: Capped[] = []
    for (const [name, capNano] of budgets) {
      const job = await store.findJob({ project: DEFAULT_PROJECT, name })
      if (job === null) continue
      const setting = await store.getSetting(jobBudgetSetting(DEFAULT_PROJECT, job.id))
      const document = setting?.value as JobBudget | undefined
      if (document !== undefined) found.push({ name, jobId: job.id, capNano, document })
    }
    return found
  }

  async #livesOf(jobId: JobId): Promise<readonly RequestLife[]> {
    const { store, book } = this.#options
    const lives: RequestLife[] = []
    for (const { id } of book.all()) {
      const life = await store.getRequest({ project: DEFAULT_PROJECT, id })
      if (life !== null && life.request.jobId === jobId) lives.push(life)
    }
    return lives
  }
}

interface Capped {
  readonly name: string
  readonly jobId: JobId
  readonly capNano: NanoUsd
  readonly document: JobBudget
}

function sumOf(costs: readonly number[]): number {
  return costs.reduce((sum, cost) => sum + cost, 0)
}
