import type { JobId, ProjectId, QueueName } from '../model/ids.js'
import { type JobPrimer, jobPrimerSetting } from '../model/job-primer.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Request } from '../model/request.js'
import { type EpochMs, earliest, MINUTE_MS } from '../model/time.js'
import { decidePrimer } from '../policy/caching/decide-primer.js'
import { judgePrimer } from '../policy/caching/judge-primer.js'
import type { WaitingRequest } from '../ports/store-planning.js'
import { requestsOf } from './canary-requests.js'
import { type EngineContext, tell } from './context.js'
import type { DeadlineTimes } from './deadline-times.js'
import { type GroupPlace, HeldJobs, type PlannedGroup } from './held-jobs.js'

// What decides is mostly a batch that closes, after which a round follows at once; another worker may close one too.
const LOOK_AGAIN_MS = MINUTE_MS

interface PrimerPlace {
  readonly project: ProjectId
  readonly queue: QueueName
  readonly policy: Pick<QueuePolicy, 'canary' | 'primerWaitMs'>
  readonly deadlines: DeadlineTimes
}

interface StoredPrimer {
  readonly document: JobPrimer
  readonly version: number
}

/**
 * The primers of jobs, for one planning of their queue: of a job whose rows share what is to be cached, one goes first to write it, and
 * the rest waits until that is back, and no longer than its queue allows.
 *
 * What the rows share stands in the store since they were taken in. Which request goes first does before it is sent, so that whoever
 * comes after a crash sends the same one.
 */
export class JobPrimers {
  readonly #context: EngineContext
  readonly #place: PrimerPlace
  /** Jobs that were looked at, and those of them that are held. */
  readonly #looked = new Set<JobId>()
  readonly #held = new HeldJobs()
  #wentOn: EpochMs | null = null

  constructor(context: EngineContext, place: PrimerPlace) {
    this.#context = context
    this.#place = place
  }

  /** Jobs of which nothing is sent but their primer. */
  get held(): readonly JobId[] {
    return this.#held.ids
  }

  /** What had come by then goes at once, since it waited only for a primer that is over; null for nothing. */
  get wentOn(): EpochMs | null {
    return this.#wentOn
  }

  /** When to look again; null when no job is held. */
  get lookAt(): EpochMs | null {
    const { primers } = this.#context.memory
    return earliest(null, ...this.held.map((jobId) => primers.get(jobId)?.until ?? null))
  }

  /** Whether the queue asks for primers. */
  get isOn(): boolean {
    return this.#place.policy.primerWaitMs > 0
  }

  /** Looks at the jobs that were held a moment ago; those that can't have changed stay held. */
  async recall(): Promise<void> {
    const { store, memory } = this.#context
    const { project, queue } = this.#place
    for (const [jobId, held] of memory.primers) {
      if (held.project !== project || held.queue !== queue) continue
      if (!this.isOn) {
        memory.primers.delete(jobId)
        continue
      }
      const stored = await store.getSetting(jobPrimerSetting(project, jobId))
      const isSame = stored?.version === held.version && (await store.now()) < held.until
      if (isSame) this.#held.set(jobId, [])
      else await this.#look(jobId, null)
    }
  }

  /** Holds back the jobs of a page whose primers are not over, and chooses those that pay. Answers whether any was held. */
  async hold(page: readonly WaitingRequest[], place: GroupPlace): Promise<boolean> {
    if (!this.isOn) return false
    const before = this.held.length
    for (const { jobId } of page) {
      if (jobId !== null && !this.#looked.has(jobId)) {
        await this.#look(jobId, { ...place, count: page.length })
      }
    }
    return this.held.length > before
  }

  /** Lets the jobs of a page go that would miss the instant at which they are wanted, if they still waited for a primer. */
  async letGo(page: readonly WaitingRequest[]): Promise<void> {
    for (const jobId of new Set(page.map((request) => request.jobId))) {
      if (jobId === null || !this.#held.has(jobId)) continue
      const stored = await this.#read(jobId)
      if (stored?.document.state !== 'away') continue
      await this.#end(jobId, stored, { ...stored.document, state: 'cold', reason: 'deadline' })
    }
  }

  /** What of the primers may be sent now, a group for each of their jobs but those in `except`. */
  groups(except: readonly JobId[]): readonly PlannedGroup[] {
    return this.#held.groups(except)
  }

  /** The next requests of a primer that share a group. Those that joined a batch are not among them. */
  page(jobId: JobId, place: GroupPlace, limit: number): readonly WaitingRequest[] {
    return this.#held.page(jobId, place, limit)
  }

  /** Notes what is about to join a batch. */
  note(members: readonly Pick<WaitingRequest, 'id' | 'jobId'>[]): void {
    this.#held.note(members)
  }

  async #look(
    jobId: JobId,
    found: (GroupPlace & { readonly count: number }) | null,
  ): Promise<void> {
    this.#looked.add(jobId)
    const stored = await this.#read(jobId)
    if (stored === null) return this.#free(jobId)
    switch (stored.document.state) {
      case 'written':
      case 'cold':
        return this.#free(jobId)
      case 'offered':
        return await this.#decide(jobId, stored, found)
      case 'away':
        return await this.#judge(jobId, stored)
    }
  }

  async #decide(
    jobId: JobId,
    stored: StoredPrimer,
    found: (GroupPlace & { readonly count: number }) | null,
  ): Promise<void> {
    const { store, priceBook: book } = this.#context
    const { policy, deadlines } = this.#place
    const { document } = stored
    const first = await this.#requestsOf(document.prefixes.map(({ requestId }) => requestId))
    // What is not committed yet is not seen, and is decided about when it is.
    if (found === null || first.length === 0) {
      this.#looked.delete(jobId)
      return this.#free(jobId)
    }
    const at = await store.now()
    const group = { ...found, bytes: 0, oldestCreatedAt: at }
    const isHere = new Set(first.filter(({ state }) => state === 'waiting').map(({ id }) => id))
    const decision = decidePrimer({
      prefixes: document.prefixes.filter(({ requestId }) => isHere.has(requestId)),
      hasCanary: policy.canary > 0,
      chance: await deadlines.chanceWithin(group, 1, policy.primerWaitMs, at),
      leavesTime: await deadlines.leavesTimeFor(group, 1, at),
      ...{ book, at },
    })
    const { savingNano } = decision
    if (decision.type === 'cold') {
      const isGone = isHere.size === 0 && decision.reason !== 'canary'
      const reason = isGone ? 'gone' : decision.reason
      const cold = { ...document, state: 'cold', reason, savingNano, at, until: null } as const
      return await this.#end(jobId, stored, cold)
    }
    const { requestIds } = decision
    const until = at + policy.primerWaitMs
    const away = { ...document, state: 'away', requestIds, savingNano, at, until } as const
    const version = await this.#write(jobId, stored, away)
    const chosen = first.filter(({ id, notBefore }) => requestIds.includes(id) && notBefore <= at)
    await this.#hold(jobId, { version, until }, version === null ? [] : chosen)
  }

  async #judge(jobId: JobId, stored: StoredPrimer): Promise<void> {
    const { document, version } = stored
    const { requestIds, until } = document
    const requests = await this.#requestsOf(requestIds)
    const now = await this.#context.store.now()
    const verdict = judgePrimer(requests, until ?? now, now)
    if (verdict.type === 'open') {
      const due = requests.filter((each) => each.state === 'waiting' && each.notBefore <= now)
      return await this.#hold(jobId, { version, until }, due)
    }
    await this.#end(jobId, stored, { ...document, state: verdict.type, reason: verdict.reason })
  }

  // Noted before it is told, so that of all workers one tells it. Whoever loses against another sees at the next look what that one wrote.
  async #end(jobId: JobId, stored: StoredPrimer, document: JobPrimer): Promise<void> {
    const version = await this.#write(jobId, stored, document)
    if (version === null) return await this.#hold(jobId, { version, until: null }, [])
    this.#free(jobId)
    if (stored.document.state === 'away') this.#wentOn = Math.max(this.#wentOn ?? 0, document.at)
    const { queue } = this.#place
    const { state, reason, savingNano, requestIds } = document
    if (reason === null || (state !== 'written' && state !== 'cold')) return
    const size = requestIds.length
    tell(this.#context, { type: 'primer_over', jobId, queue, state, reason, size, savingNano })
  }

  async #hold(
    jobId: JobId,
    of: { readonly version: number | null; readonly until: EpochMs | null },
    sendable: readonly Request[],
  ): Promise<void> {
    const { project, queue } = this.#place
    const { store, memory } = this.#context
    const now = await store.now()
    this.#held.set(jobId, sendable)
    const lookAt = sendable.length > 0 ? now : Math.min(now + LOOK_AGAIN_MS, of.until ?? Infinity)
    memory.primers.set(jobId, { project, queue, version: of.version, until: lookAt })
  }

  async #requestsOf(ids: JobPrimer['requestIds']): Promise<readonly Request[]> {
    const { project, queue } = this.#place
    return await requestsOf(this.#context.store, { project, queue, ids })
  }

  async #read(jobId: JobId): Promise<StoredPrimer | null> {
    const name = jobPrimerSetting(this.#place.project, jobId)
    const stored = await this.#context.store.getSetting(name)
    return stored === null ? null : { document: stored.value as JobPrimer, version: stored.version }
  }

  // Null when somebody else was faster.
  async #write(jobId: JobId, before: StoredPrimer, value: JobPrimer): Promise<number | null> {
    const name = jobPrimerSetting(this.#place.project, jobId)
    const stored = await this.#context.store.putSetting({
      ...name,
      value,
      ifVersion: before.version,
    })
    return stored?.version ?? null
  }

  #free(jobId: JobId): void {
    this.#held.delete(jobId)
    this.#context.memory.primers.delete(jobId)
  }
}
