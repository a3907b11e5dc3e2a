import type { JobId } from '../model/ids.js'
import { type EpochMs, earliest } from '../model/time.js'
import type { WaitingRequest } from '../ports/store-planning.js'
import type { GroupPlace, PlannedGroup } from './held-jobs.js'
import type { JobCanaries } from './job-canaries.js'
import type { JobPrimers } from './job-primers.js'

/** What of jobs goes first while their rest waits, for one planning of their queue: their canaries, and then their primers. */
export class FirstRequests {
  readonly #canaries: JobCanaries
  readonly #primers: JobPrimers

  constructor(of: { readonly canaries: JobCanaries; readonly primers: JobPrimers }) {
    this.#canaries = of.canaries
    this.#primers = of.primers
  }

  /** Jobs of which nothing is sent but their first requests. */
  get held(): readonly JobId[] {
    return [...this.#canaries.held, ...this.#primers.held]
  }

  /** What had come by then goes at once, since it waited only for what is over; null for nothing. */
  get wentOn(): EpochMs | null {
    const instants = [this.#canaries.wentOn, this.#primers.wentOn].filter((at) => at !== null)
    return instants.length === 0 ? null : Math.max(...instants)
  }

  /** When to look again; null when no job is held. */
  get lookAt(): EpochMs | null {
    return earliest(this.#canaries.lookAt, this.#primers.lookAt)
  }

  /** Whether the queue has anything go first. */
  get isOn(): boolean {
    return this.#canaries.isOn || this.#primers.isOn
  }

  /** Looks at the jobs that were held a moment ago. */
  async recall(): Promise<void> {
    await this.#canaries.recall()
    await this.#primers.recall()
  }

  /** Holds back the jobs of a page of which something goes first. Answers whether any was held. */
  async hold(page: readonly WaitingRequest[], place: GroupPlace): Promise<boolean> {
    const isForCanaries = await this.#canaries.hold(page, place)
    const others = page.filter(
      ({ jobId }) => jobId === null || !this.#canaries.held.includes(jobId),
    )
    return (await this.#primers.hold(others, place)) || isForCanaries
  }

  /** Lets the jobs of a page go that would miss the instant at which they are wanted if they waited any longer. */
  async letGo(page: readonly WaitingRequest[]): Promise<void> {
    await this.#canaries.letGo(page)
    await this.#primers.letGo(page)
  }

  /** What may be sent now of held jobs, a group for each of them but those in `except`. */
  groups(except: readonly JobId[]): readonly PlannedGroup[] {
    return [...this.#canaries.groups(except), ...this.#primers.groups(except)]
  }

  /** The next requests of a held job that share a group. Those that joined a batch are not among them. */
  page(jobId: JobId, place: GroupPlace, limit: number): readonly WaitingRequest[] {
    const isForCanary = this.#canaries.held.includes(jobId)
    return (isForCanary ? this.#canaries : this.#primers).page(jobId, place, limit)
  }

  /** Notes what is about to join a batch. */
  note(members: readonly Pick<WaitingRequest, 'id' | 'jobId'>[]): void {
    this.#canaries.note(members)
    this.#primers.note(members)
  }
}
