import type { JobId, ProjectId, QueueName } from '../model/ids.js'
import { type JobCanary, jobCanarySetting } from '../model/job-canary.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Request } from '../model/request.js'
import { type EpochMs, earliest, MINUTE_MS } from '../model/time.js'
import { judgeCanary } from '../policy/canary/judge-canary.js'
import type { WaitingRequest } from '../ports/store-planning.js'
import { chooseCanary, requestsOf } from './canary-requests.js'
import { type EngineContext, tell } from './context.js'
import type { DeadlineTimes } from './deadline-times.js'
import { type GroupPlace, HeldJobs, type PlannedGroup } from './held-jobs.js'

// What decides is mostly a batch that closes, after which a round follows at once; another worker may close one too.
const LOOK_AGAIN_MS = MINUTE_MS

interface CanaryPlace {
  readonly project: ProjectId
  readonly queue: QueueName
  readonly policy: Pick<QueuePolicy, 'canary'>
  readonly deadlines: DeadlineTimes
}

interface StoredCanary {
  readonly document: JobCanary
  readonly version: number
}

/**
 * The canaries of jobs, for one planning of their queue: of a job whose first requests are not back, or were no good, nothing
 * else is sent.
 *
 * Which requests those are stands in the store before they are sent. All requests of a job are of one queue, which one worker plans at a
 * time, fenced by its lease; so whoever comes after a crash sends the same ones first.
 */
export class JobCanaries {
  readonly #context: EngineContext
  readonly #place: CanaryPlace
  /** Jobs that were looked at, and those of them that are held. */
  readonly #looked = new Set<JobId>()
  readonly #held = new HeldJobs()
  #wentOn: EpochMs | null = null

  constructor(context: EngineContext, place: CanaryPlace) {
    this.#context = context
    this.#place = place
  }

  /** Jobs of which nothing is sent but their canary. */
  get held(): readonly JobId[] {
    return this.#held.ids
  }

  /** What had come by then goes at once, since it waited only for a canary that is over; null for nothing. */
  get wentOn(): EpochMs | null {
    return this.#wentOn
  }

  /** When to look again; null when no job is held. */
  get lookAt(): EpochMs | null {
    const { canaries } = this.#context.memory
    return earliest(null, ...this.held.map((jobId) => canaries.get(jobId)?.until ?? null))
  }

  /** Whether the queue asks for canaries. */
  get isOn(): boolean {
    return this.#place.policy.canary > 0
  }

  /** Looks at the jobs that were held a moment ago; those that can't have changed stay held. */
  async recall(): Promise<void> {
    const { store, memory } = this.#context
    const { project, queue } = this.#place
    for (const [jobId, held] of memory.canaries) {
      if (held.project !== project || held.queue !== queue) continue
      if (!this.isOn) {
        memory.canaries.delete(jobId)
        continue
      }
      const stored = await store.getSetting(jobCanarySetting(project, jobId))
      const isSame = stored?.version === held.version && (await store.now()) < held.until
      if (isSame) this.#held.set(jobId, [])
      else await this.#look(jobId, null)
    }
  }

  /** Holds back the jobs of a page whose canaries are not over, and chooses those that they need. Answers whether any was held. */
  async hold(page: readonly WaitingRequest[], place: GroupPlace): Promise<boolean> {
    if (!this.isOn) return false
    const before = this.#held.ids.length
    for (const { jobId } of page) {
      if (jobId !== null && !this.#looked.has(jobId)) await this.#look(jobId, { page, place })
    }
    return this.#held.ids.length > before
  }

  /** Lets the jobs of a page go that would miss the instant at which they are wanted, if they still waited for a canary. */
  async letGo(page: readonly WaitingRequest[]): Promise<void> {
    for (const jobId of new Set(page.map((request) => request.jobId))) {
      if (jobId === null || !this.#held.has(jobId)) continue
      const stored = await this.#read(jobId)
      if (stored?.document.state !== 'away') continue
      await this.#end(jobId, stored, { ...stored.document, state: 'skipped' })
    }
  }

  /** What of the canaries may be sent now, a group for each of their jobs but those in `except`. */
  groups(except: readonly JobId[]): readonly PlannedGroup[] {
    return this.#held.groups(except)
  }

  /** The next requests of a canary that share a group. Those that joined a batch are not among them. */
  page(canary: JobId, place: GroupPlace, limit: number): readonly WaitingRequest[] {
    return this.#held.page(canary, place, limit)
  }

  /** Notes what is about to join a batch. */
  note(members: readonly Pick<WaitingRequest, 'id' | 'jobId'>[]): void {
    this.#held.note(members)
  }

  async #look(
    jobId: JobId,
    found: { readonly page: readonly WaitingRequest[]; readonly place: GroupPlace } | null,
  ): Promise<void> {
    this.#looked.add(jobId)
    const stored = await this.#read(jobId)
    const { document } = stored ?? { document: null }
    const isOver = document !== null && document.state !== 'away' && document.state !== 'stopped'
    if (isOver) return this.#free(jobId)
    const { store } = this.#context
    const { project, queue } = this.#place
    const ids = document?.requestIds ?? []
    const requests = await requestsOf(store, { project, queue, ids })
    const verdict = judgeCanary(requests)
    if (stored === null || verdict.type === 'nothing')
      return await this.#begin(jobId, stored, found)
    if (stored.document.state === 'stopped') return await this.#hold(jobId, stored.version, [])
    switch (verdict.type) {
      case 'open': {
        const now = await store.now()
        const due = requests.filter((each) => each.state === 'waiting' && each.notBefore <= now)
        return await this.#hold(jobId, stored.version, due)
      }
      case 'passed':
        return await this.#end(jobId, stored, { ...stored.document, state: 'passed' })
      case 'stopped': {
        const { finding } = verdict
        return await this.#end(jobId, stored, { ...stored.document, state: 'stopped', finding })
      }
    }
  }

  // What was remembered of a job without a word of what waits of it is looked at when that is due.
  async #begin(
    jobId: JobId,
    stored: StoredCanary | null,
    found: { readonly page: readonly WaitingRequest[]; readonly place: GroupPlace } | null,
  ): Promise<void> {
    if (found === null) {
      this.#looked.delete(jobId)
      return this.#free(jobId)
    }
    const at = await this.#context.store.now()
    const { project, queue, policy, deadlines } = this.#place
    const { canary: size } = policy
    const { store } = this.#context
    const group = { ...found.place, count: found.page.length, bytes: 0, oldestCreatedAt: at }
    const chosen = (await deadlines.leavesTimeFor(group, size, at))
      ? await chooseCanary(store, { ...found, project, queue, jobId, size }, at)
      : null
    const requestIds = (chosen ?? []).map(({ id }) => id)
    const state = chosen === null ? 'skipped' : 'away'
    if (state === 'skipped') {
      return await this.#end(jobId, stored, { state, requestIds, at })
    }
    const version = await this.#write(jobId, stored, { state, requestIds, at })
    await this.#hold(jobId, version, version === null ? [] : (chosen ?? []))
  }

  // Noted before it is told, so that of all workers one tells it. Whoever loses against another sees at the next look what that one wrote.
  async #end(jobId: JobId, stored: StoredCanary | null, document: JobCanary): Promise<void> {
    const version = await this.#write(jobId, stored, document)
    if (version === null || document.state === 'stopped') await this.#hold(jobId, version, [])
    else this.#free(jobId)
    if (version === null) return
    if (document.state === 'passed') {
      this.#wentOn = Math.max(this.#wentOn ?? 0, document.at)
    }
    const { queue } = this.#place
    const { state, requestIds, finding = null } = document
    const size = requestIds.length
    if (state === 'away' || state === 'resumed') return
    tell(this.#context, { type: 'canary_over', jobId, queue, state, size, finding })
  }

  async #hold(jobId: JobId, version: number | null, sendable: readonly Request[]): Promise<void> {
    const { project, queue } = this.#place
    const { store, memory } = this.#context
    const now = await store.now()
    this.#held.set(jobId, sendable)
    const until = sendable.length > 0 ? now : now + LOOK_AGAIN_MS
    memory.canaries.set(jobId, { project, queue, version, until })
  }

  async #read(jobId: JobId): Promise<StoredCanary | null> {
    const name = jobCanarySetting(this.#place.project, jobId)
    const stored = await this.#context.store.getSetting(name)
    return stored === null ? null : { document: stored.value as JobCanary, version: stored.version }
  }

  // Null when somebody else was faster.
  async #write(
    jobId: JobId,
    before: StoredCanary | null,
    value: JobCanary,
  ): Promise<number | null> {
    const name = jobCanarySetting(this.#place.project, jobId)
    const ifVersion = before?.version ?? null
    return (await this.#context.store.putSetting({ ...name, value, ifVersion }))?.version ?? null
  }

  #free(jobId: JobId): void {
    this.#held.delete(jobId)
    this.#context.memory.canaries.delete(jobId)
  }
}
