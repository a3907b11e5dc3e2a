import {
  type Clock,
  DEFAULT_ACCOUNT,
  DEFAULT_QUEUE_POLICY,
  type Filling,
  fewAtDoor,
  InvariantError,
  type Job,
  type JobBudget,
  jobBudgetSetting,
  type QueueName,
  queueSetting,
  type RequestId,
  type Store,
  StoreUnavailableError,
} from '@halfrate/core'
import {
  type JobPrimer,
  jobPrimerSetting,
  offeredPrimer,
  PrefixTally,
} from '@halfrate/core/caching'
import { throughDoor } from '@halfrate/core/intake'
import { NO_TURNAROUND } from '@halfrate/core/turnaround'
import type { Budgets } from './budgets.js'
import type { Delivery, Workload } from './workload.js'

interface OwnRow {
  readonly row: Delivery['rows'][number]
  readonly requestId: RequestId
}

const RETRY_MS = 2_000
const MOST_LOADS = 5

/** A program that puts requests in and cancels some: it repeats what fails, and does it all again when it was killed. */
export class Caller {
  readonly #store: Store
  readonly #clock: Clock
  readonly #workload: Workload
  readonly #budgets: Budgets
  readonly #startedAt: number
  readonly #strangers: () => readonly RequestId[]

  constructor(params: {
    readonly store: Store
    readonly clock: Clock
    readonly workload: Workload
    readonly budgets: Budgets
    /** When the run began, virtual time. */
    readonly startedAt: number
    /** Requests of other projects. */
    readonly strangers: () => readonly RequestId[]
  }) {
    this.#store = params.store
    this.#clock = params.clock
    this.#workload = params.workload
    this.#budgets = params.budgets
    this.#startedAt = params.startedAt
    this.#strangers = params.strangers
  }

  /** Does everything there is to do, each at its time. `now` is virtual time, without a process's error. */
  async run(now: () => number): Promise<void> {
    await this.#writePolicies()
    const { deliveries, cancellations, trespassesAtMs } = this.#workload
    const tasks = [
      ...deliveries.map((delivery) => ({
        atMs: delivery.atMs,
        run: () => this.#deliver(delivery),
      })),
      ...cancellations.map(({ atMs, keys }) => ({ atMs, run: () => this.#cancel(keys) })),
      ...trespassesAtMs.map((atMs) => ({ atMs, run: () => this.#trespass() })),
    ].sort((a, b) => a.atMs - b.atMs)
    for (const task of tasks) {
      const waitMs = this.#startedAt + task.atMs - now()
      if (waitMs > 0) await this.#clock.sleep({ ms: waitMs })
      await task.run()
    }
  }

  async #writePolicies(): Promise<void> {
    const { project, policies } = this.#workload
    for (const [queue, value] of policies) {
      const name = queueSetting(project, queue)
      await this.#sure(async () => {
        const current = await this.#store.getSetting(name)
        if (current === null) await this.#store.putSetting({ ...name, value, ifVersion: null })
      })
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    if (delivery.job === null) return await this.#put(delivery, null)
    for (let tries = 1; ; tries += 1) {
      try {
        if (await this.#load(delivery, delivery.job)) return
      } catch (error) {
        // A part that nobody worked on for a day is swept: who stood still for so long begins anew, as the engine's load does.
        if (!(error instanceof InvariantError) || tries === MOST_LOADS) throw error
      }
    }
  }

  // Answers false when its part was not what it had put into it any more.
  async #load(delivery: Delivery, name: string): Promise<boolean> {
    const { project } = this.#workload
    const { queue, rows } = delivery
    const found = await this.#sure(() => this.#store.findJob({ project, name }))
    const digest = digestOf(delivery)
    if (found?.sourceDigest === digest) return true
    const job = await this.#sure(() => this.#store.openJob({ project, queue, name }))
    await this.#put(delivery, job)
    const own = await this.#newRowsOf(delivery, job)
    await this.#writeCap(job)
    await this.#offerPrimer(job, own)
    const committed = await this.#sure(() =>
      this.#store.commitJob({
        ...fillingOf(job),
        newRows: own.length,
        rowCount: rows.length,
        sourceDigest: digest,
      }),
    )
    return committed.type === 'committed'
  }

  // Before the rows are accepted: from then on any worker may send them.
  async #writeCap({ id, project, name }: Job): Promise<void> {
    const capNano = this.#budgets.get(name)
    if (capNano === undefined) return
    const setting = jobBudgetSetting(project, id)
    await this.#sure(async () => {
      const current = await this.#store.getSetting(setting)
      const value = { job: name, capNano } satisfies JobBudget
      if (current === null) await this.#store.putSetting({ ...setting, value, ifVersion: null })
    })
  }

  // What its rows share, likewise.
  async #offerPrimer({ id, project, queue }: Job, own: readonly OwnRow[]): Promise<void> {
    const { primerWaitMs = 0 } = this.#workload.policies.get(queue) ?? {}
    if (primerWaitMs === 0) return
    const tally = new PrefixTally()
    for (const { row, requestId } of own) tally.note(row, requestId)
    const setting = jobPrimerSetting(project, id)
    await this.#sure(async () => {
      const current = await this.#store.getSetting(setting)
      const before = (current?.value ?? null) as JobPrimer | null
      const value = offeredPrimer(before, tally.shared(), await this.#store.now())
      const ifVersion = current?.version ?? null
      if (value !== null) await this.#store.putSetting({ ...setting, value, ifVersion })
    })
  }

  async #put(delivery: Delivery, job: Job | null): Promise<void> {
    for (const page of this.#pagesOf(delivery)) {
      await this.#sure(async () =>
        this.#store.putRequests(await this.#putParams(delivery, job, page)),
      )
    }
  }

  // Asked again after all are in: which rows of this input stand in this part.
  async #newRowsOf(delivery: Delivery, job: Job): Promise<readonly OwnRow[]> {
    const own: OwnRow[] = []
    for (const page of this.#pagesOf(delivery)) {
      const params = await this.#putParams(delivery, job, page)
      const answers = await this.#sure(() => this.#store.putRequests(params))
      for (const [index, { part, id: requestId }] of answers.entries()) {
        const row = page[index]
        if (part === job.openPart && row !== undefined) own.push({ row, requestId })
      }
    }
    return own
  }

  async #putParams(
    delivery: Delivery,
    job: Job | null,
    rows: Delivery['rows'],
  ): Promise<Parameters<Store['putRequests']>[0]> {
    return {
      project: this.#workload.project,
      account: DEFAULT_ACCOUNT,
      queue: delivery.queue,
      job: job === null ? null : fillingOf(job),
      onConflict: delivery.onConflict,
      rows: job === null ? await this.#throughDoor(delivery.queue, rows) : rows,
    }
  }

  // The tails of their keys they have already.
  async #throughDoor(queue: QueueName, rows: Delivery['rows']): Promise<Delivery['rows']> {
    const own = this.#workload.policies.get(queue) ?? {}
    const policy = { ...DEFAULT_QUEUE_POLICY, ...own, keyTails: false }
    const place = { project: this.#workload.project, queue, account: DEFAULT_ACCOUNT }
    const few = await fewAtDoor(this.#store, place, policy)
    const facts = { now: this.#clock.now(), history: NO_TURNAROUND, few }
    return throughDoor(policy, facts, rows)
  }

  #pagesOf({ rows }: Delivery): readonly Delivery['rows'][] {
    const { pageLimit } = this.#store.traits
    const pages: Delivery['rows'][] = []
    for (let at = 0; at < rows.length; at += pageLimit) pages.push(rows.slice(at, at + pageLimit))
    return pages
  }

  async #cancel(keys: readonly string[]): Promise<void> {
    const { project } = this.#workload
    const wanted = new Set(keys)
    const { pageLimit } = this.#store.traits
    let afterId = 0
    for (;;) {
      const page = await this.#sure(() =>
        this.#store.listRequests({ scope: { project }, states: null, afterId, limit: pageLimit }),
      )
      const ids = page.filter(({ key }) => wanted.has(key)).map(({ id }): RequestId => id)
      if (ids.length > 0) {
        await this.#sure(() => this.#store.cancel({ project, requestIds: ids, reason: 'canceled' }))
      }
      const last = page.at(-1)
      if (last === undefined || page.length < pageLimit) return
      afterId = last.id
    }
  }

  // By ids that are not its own, as if it had guessed them.
  async #trespass(): Promise<void> {
    const { project } = this.#workload
    const requestIds = this.#strangers().slice(-this.#store.traits.pageLimit)
    await this.#sure(() => this.#store.cancel({ project, requestIds, reason: 'canceled' }))
  }

  async #sure<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error
        await this.#clock.sleep({ ms: RETRY_MS })
      }
    }
  }
}

function fillingOf(job: Job): Filling {
  return { id: job.id, part: job.openPart, fill: job.fill }
}

function digestOf(delivery: Delivery): string {
  return `${delivery.job} ${delivery.onConflict} ${delivery.rows.length}`
}
