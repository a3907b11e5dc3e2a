import type { StoreIdentity } from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'
import type { EngineContext } from './context.js'
import { identify } from './identify.js'
import { beat, identifySince, lastHeartbeat, loadIdentity } from './startup.js'
import { everySubmission } from './submissions.js'
import { surveyList } from './survey.js'

/** When each duty is due next, on the store's clock. */
interface DutySchedule {
  beatAt: EpochMs
  sweepAt: EpochMs
  watchAt: EpochMs
  identifyAt: EpochMs
}

/** What is done once in a while for the whole store, whoever does it; two workers at it do no harm. */
export class Duties {
  readonly #context: EngineContext
  #identity: StoreIdentity | null = null
  #since: EpochMs | null = null
  readonly #due: DutySchedule = { beatAt: 0, sweepAt: 0, watchAt: 0, identifyAt: 0 }

  constructor(context: EngineContext) {
    this.#context = context
  }

  /** The earliest instant at which a duty is due. */
  get nextDueAt(): EpochMs {
    return Math.min(this.#due.beatAt, this.#due.sweepAt, this.#due.watchAt, this.#due.identifyAt)
  }

  /** Does what is due. Until the start-up look at the provider's list succeeds nothing may be sent. */
  async run(): Promise<void> {
    const now = await this.#context.store.now()
    if (!this.#context.memory.maySend) await this.#startUp(now)
    if (this.#context.memory.maySend) await this.#lookAround(now)
    if (now >= this.#due.sweepAt) await this.#sweep(now)
    if (now >= this.#due.beatAt && this.#context.memory.maySend) {
      await beat(this.#context, this.#context.account, {})
      this.#due.beatAt = now + this.#context.settings.heartbeatMs
    }
  }

  async #startUp(now: EpochMs): Promise<void> {
    const { memory, settings, account } = this.#context
    this.#identity ??= await loadIdentity(this.#context)
    if (this.#since === null) {
      const heartbeat = await lastHeartbeat(this.#context, account, this.#identity)
      this.#since = heartbeat.at
      this.#due.identifyAt = (heartbeat.identifiedAt ?? now) + settings.identifyEveryMs
      if (now - heartbeat.at > settings.absenceMs) memory.unsentBefore = now
    }
    memory.maySend = await identifySince(this.#context, account, this.#since)
    this.#due.watchAt = now + settings.watchEveryMs
    if (!memory.maySend) this.#due.beatAt = now + settings.idleMs
  }

  async #lookAround(now: EpochMs): Promise<void> {
    const { settings, account } = this.#context
    if (now >= this.#due.identifyAt) {
      const since = now - settings.identifyEveryMs - settings.watchMs
      if (await identifySince(this.#context, account, since)) {
        await beat(this.#context, account, { identifiedAt: now })
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

  async #sweep(now: EpochMs): Promise<void> {
    const { store, settings } = this.#context
    for (;;) {
      const { more } = await store.sweep()
      if (!more) break
    }
    this.#due.sweepAt = now + settings.heartbeatMs
  }
}
