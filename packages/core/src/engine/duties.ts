import type { StoreIdentity } from '../model/setting-documents.js'
import { type EpochMs, HOUR_MS } from '../model/time.js'
import { overdueOf } from '../policy/overdue.js'
import { classifyCallFailure } from '../policy/retry/call-failure.js'
import { alarm, type EngineContext, tell } from './context.js'
import { identify } from './identify.js'
import { noteGoodNews, noteRefusedRead } from './pauses.js'
import { beat, identifySince, lastHeartbeat, loadIdentity } from './startup.js'
import { everySubmission } from './submissions.js'
import { surveyList } from './survey.js'
import { checkWorkspace } from './workspace.js'

/** When each duty is due next, on the store's clock. */
interface DutySchedule {
  startAt: EpochMs
  beatAt: EpochMs
  alarmAt: EpochMs
  sweepAt: EpochMs
  watchAt: EpochMs
  identifyAt: EpochMs
}

/** What is done once in a while for the whole store, whoever does it; two workers at it do no harm. */
export class Duties {
  readonly #context: EngineContext
  #identity: StoreIdentity | null = null
  #since: EpochMs | null = null
  #failures = 0
  /** When the whole list was last looked through. */
  #identifiedAt: EpochMs = 0
  readonly #due: DutySchedule = {
    startAt: 0,
    beatAt: 0,
    alarmAt: 0,
    sweepAt: 0,
    watchAt: 0,
    identifyAt: 0,
  }

  constructor(context: EngineContext) {
    this.#context = context
  }

  /** Does what is due. Until the start-up look at the provider's list succeeds nothing may be sent. */
  async run(): Promise<void> {
    const now = await this.#context.store.now()
    if (!this.#context.memory.maySend) await this.#startUp(now)
    if (this.#context.memory.maySend) await this.#lookAround(now)
    if (now >= this.#due.sweepAt) await this.#sweep(now)
    if (now >= this.#due.alarmAt) await this.#raiseAlarms(now)
    if (now >= this.#due.beatAt && this.#context.memory.maySend) {
      const { unsentBefore } = this.#context.memory
      await beat(this.#context, this.#context.account, { unsentBefore })
      this.#due.beatAt = now + this.#context.settings.heartbeatMs
    }
  }

  async #startUp(now: EpochMs): Promise<void> {
    const { memory, settings, account } = this.#context
    this.#identity ??= await loadIdentity(this.#context)
    if (this.#since === null) {
      const heartbeat = await lastHeartbeat(this.#context, account, this.#identity)
      this.#since = heartbeat.at
      this.#identifiedAt = heartbeat.identifiedAt ?? this.#identity.createdAt
      this.#due.identifyAt = this.#identifiedAt + settings.identifyEveryMs
      // Stored with the first heartbeat, which hides the absence from whoever starts next.
      const wasAbsent = now - heartbeat.at > settings.absenceMs
      memory.unsentBefore = wasAbsent ? now : (heartbeat.unsentBefore ?? 0)
    }
    if (now < this.#due.startAt) return
    const survey = await identifySince(this.#context, account, this.#since)
    if (!(await checkWorkspace(this.#context, account, survey.workspaceId))) {
      this.#due.startAt = now + settings.watchEveryMs
      return
    }
    memory.maySend = survey.whole
    this.#due.watchAt = now + settings.watchEveryMs
    if (survey.error === null) {
      return await noteGoodNews(this.#context, account, { by: 'read', lane: null, askedAt: now })
    }
    await noteRefusedRead(this.#context, account, survey.error)
    const facts = { failures: this.#failures, jitter: this.#context.random.next() }
    this.#due.startAt = now + classifyCallFailure(survey.error, facts).retryInMs
    this.#failures += 1
    tell(this.#context, { type: 'step_failed', step: 'start_up', message: survey.error.message })
  }

  async #lookAround(now: EpochMs): Promise<void> {
    const { settings, account } = this.#context
    if (now >= this.#due.identifyAt) {
      // From the last look on, however long ago that was: what was still running then must be seen once it has ended.
      const since = Math.min(now - settings.identifyEveryMs, this.#identifiedAt) - settings.watchMs
      if ((await identifySince(this.#context, account, since)).whole) {
        await beat(this.#context, account, { identifiedAt: now })
        this.#identifiedAt = now
        this.#due.identifyAt = now + settings.identifyEveryMs
      } else {
        this.#due.identifyAt = now + settings.watchEveryMs
      }
    }
    if (now >= this.#due.watchAt) {
      await this.#watch(now)
      this.#due.watchAt = now + settings.watchEveryMs
    }
  }

  // Batches that were given up may still turn up; while one can, unknown batches of its size are read.
  async #watch(now: EpochMs): Promise<void> {
    const { settings, account } = this.#context
    const sentSince = now - 2 * settings.watchMs
    const states = ['lost', 'rejected'] as const
    const given = await everySubmission(this.#context, { account, states, sentSince })
    if (given.length === 0) return
    const floors = given.map((each) => (each.look?.serverAt ?? now) - settings.skewMs)
    const survey = await surveyList(this.#context, { account, floorAt: Math.min(...floors) })
    const counts = new Set(given.map((each) => each.requestCount))
    await identify(this.#context, { account, survey, counts })
  }

  async #raiseAlarms(now: EpochMs): Promise<void> {
    const { settings, account } = this.#context
    const states = ['sending', 'ambiguous', 'in_progress', 'canceling', 'ended'] as const
    for (const submission of await everySubmission(this.#context, { account, states })) {
      const problem = overdueOf(submission, settings, now)
      if (problem === null) continue
      const { id: submissionId, remoteId } = submission
      alarm(this.#context, { ...problem, submissionId, remoteId })
    }
    this.#due.alarmAt = now + HOUR_MS
  }

  async #sweep(now: EpochMs): Promise<void> {
    const { store, settings } = this.#context
    for (;;) {
      const { more } = await store.sweep()
      if (!more) break
    }
    this.#due.sweepAt = now + settings.heartbeatMs
  }
}
