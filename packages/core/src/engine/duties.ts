import { isSendingStopped, type StoreIdentity } from '../model/setting-documents.js'
import { type EpochMs, HOUR_MS } from '../model/time.js'
import { lookedThrough } from '../policy/looked-through.js'
import { classifyCallFailure } from '../policy/retry/call-failure.js'
import { routeOf } from '../policy/routing/route-of.js'
import {
  type AbsenceWindow,
  absenceWindow,
  endAbsenceWait,
  waitAfterAbsence,
} from './after-absence.js'
import { checkClock } from './clock-check.js'
import { type EngineContext, tell } from './context.js'
import { identify } from './identify.js'
import { noteGoodNews, noteRefusedRead } from './pauses.js'
import { raiseAlarms } from './raise-alarms.js'
import { goOnRecovering, isUnderWay, loadRecovery } from './recovery.js'
import { retryAside } from './set-aside.js'
import { beat, identifySince, lastHeartbeat, loadIdentity } from './startup.js'
import { attempt } from './steps.js'
import { everySubmission } from './submissions.js'
import { type IdentifiedSurvey, surveyList } from './survey.js'
import { sweepAll } from './sweep-all.js'
import { checkWorkspace } from './workspace.js'

/** When each duty is due next, on the store's clock. */
interface DutySchedule {
  startAt: EpochMs
  beatAt: EpochMs
  alarmAt: EpochMs
  sweepAt: EpochMs
  watchAt: EpochMs
  identifyAt: EpochMs
  recoverAt: EpochMs
}

/** What is done once in a while for the whole store, whoever does it; two workers at it do no harm. */
export class Duties {
  readonly #context: EngineContext
  #identity: StoreIdentity | null = null
  #since: EpochMs | null = null
  #failures = 0
  /** Whether the whole list was looked through since this worker started. */
  #hasLooked = false
  /** What a worker that waits after an absence waits for; null for one that does not. */
  #absence: AbsenceWindow | null = null
  #wasAbsent = false
  #isRecovering = false
  /** When the whole list was last looked through. */
  #identifiedAt: EpochMs = 0
  readonly #due: DutySchedule = {
    startAt: 0,
    beatAt: 0,
    alarmAt: 0,
    sweepAt: 0,
    watchAt: 0,
    identifyAt: 0,
    recoverAt: 0,
  }

  constructor(context: EngineContext) {
    this.#context = context
  }

  /** When a duty goes on that sending or a recovery waits for; null when none does. */
  get nextDueAt(): EpochMs | null {
    const { startAt, recoverAt } = this.#due
    // Not even begun yet where it is still 0: the store or the provider could not be asked.
    if (!this.#context.memory.maySend) return startAt > 0 ? startAt : null
    return this.#isRecovering ? recoverAt : null
  }

  /** Does what is due. Until the start-up look at the provider's list succeeds nothing may be sent. */
  async run(): Promise<void> {
    const now = await this.#context.store.now()
    if (!this.#context.memory.maySend) await this.#startUp(now)
    const { recovery } = await loadRecovery(this.#context)
    this.#context.memory.isSendingStopped = isSendingStopped(recovery)
    if (this.#hasLooked) await this.#lookAround(now)
    this.#isRecovering = isUnderWay(recovery)
    if (this.#hasLooked && this.#isRecovering) await this.#recover(now)
    await this.#keepUp(now)
  }

  // None of these rests on another, so one that fails holds none of the others back; it is told, and tried again in its turn.
  async #keepUp(now: EpochMs): Promise<void> {
    const context = this.#context
    const { heartbeatMs } = context.settings
    const { unsentBefore, maySend } = context.memory
    if (now >= this.#due.beatAt && maySend) {
      const run = (): Promise<void> => beat(context, context.account, { unsentBefore })
      if (await attempt(context, { name: 'heartbeat', run })) this.#due.beatAt = now + heartbeatMs
    }
    if (now >= this.#due.sweepAt) {
      this.#due.sweepAt = now + heartbeatMs
      await attempt(context, { name: 'sweep', run: () => sweepAll(context) })
    }
    if (now >= this.#due.alarmAt) {
      const isDone = await attempt(context, { name: 'alarms', run: () => raiseAlarms(context) })
      this.#due.alarmAt = now + (isDone ? HOUR_MS : heartbeatMs)
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
      this.#wasAbsent = now - heartbeat.at > settings.absenceMs
      memory.unsentBefore = this.#wasAbsent ? now : (heartbeat.unsentBefore ?? 0)
    }
    if (now < this.#due.startAt) return
    const found = await identifySince(this.#context, account, this.#since)
    const { survey } = found
    await checkClock(this.#context, survey)
    if (!(await checkWorkspace(this.#context, account, survey.workspaceId))) {
      this.#due.startAt = now + settings.watchEveryMs
      return
    }
    if (survey.whole) {
      memory.maySend = await this.#mayBegin(this.#since, found)
      this.#due.startAt = now + settings.scanEveryMs
      if (!this.#hasLooked) this.#due.watchAt = now + settings.watchEveryMs
      this.#hasLooked = true
    }
    if (survey.error === null) {
      return await noteGoodNews(this.#context, account, { by: 'read', lane: null, askedAt: now })
    }
    await noteRefusedRead(this.#context, account, survey.error)
    const facts = { failures: this.#failures, jitter: this.#context.random.next() }
    this.#due.startAt = now + classifyCallFailure(survey.error, facts).retryInMs
    this.#failures += 1
    tell(this.#context, { type: 'step_failed', step: 'start_up', message: survey.error.message })
  }

  // Without a heartbeat the absence goes on for whoever starts next, until all that was made in it is identified.
  async #mayBegin(since: EpochMs, found: IdentifiedSurvey): Promise<boolean> {
    const { account, afterAbsence } = this.#context
    if (afterAbsence === 'send' || !this.#wasAbsent) {
      await endAbsenceWait(this.#context, account)
      return true
    }
    this.#absence ??= absenceWindow(this.#context, since, found)
    return await waitAfterAbsence(this.#context, account, this.#absence, found)
  }

  // All that the provider still has results of, since nobody can know how old the backup was.
  async #recover(now: EpochMs): Promise<void> {
    if (now < this.#due.recoverAt) return
    const { account, settings } = this.#context
    const oldest = this.#identity?.createdAt ?? 0
    const since = Math.max(oldest, now - settings.resultsLifetimeMs)
    const found = await identifySince(this.#context, account, since)
    if (found.survey.whole) await goOnRecovering(this.#context, account, found)
    this.#due.recoverAt = now + settings.scanEveryMs
  }

  async #lookAround(now: EpochMs): Promise<void> {
    const { settings, account } = this.#context
    if (now >= this.#due.identifyAt) {
      // From the last look on, however long ago that was: what was still running then must be seen once it has ended.
      const since = Math.min(now - settings.identifyEveryMs, this.#identifiedAt) - settings.watchMs
      const found = await identifySince(this.#context, account, since)
      await checkClock(this.#context, found.survey)
      if (found.survey.whole) {
        await retryAside(this.#context, account, found.survey)
        const { identifiedAt, nextAt } = lookedThrough(found, settings, now)
        const at = this.#context.memory.maySend ? {} : { at: this.#since ?? now }
        await beat(this.#context, account, { identifiedAt, ...at })
        this.#identifiedAt = identifiedAt
        this.#due.identifyAt = nextAt
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
    const all = await everySubmission(this.#context, { account, states, sentSince })
    const given = all.filter((each) => routeOf(each).route === 'batch')
    if (given.length === 0) return
    const floors = given.map((each) => (each.look?.serverAt ?? now) - settings.skewMs)
    const survey = await surveyList(this.#context, { account, floorAt: Math.min(...floors) })
    const counts = new Set(given.map((each) => each.requestCount))
    await identify(this.#context, { account, survey, counts })
  }
}
