import { WorkerRunningError } from '../errors.js'
import { type AccountId, DEFAULT_ACCOUNT, type RemoteId, type WorkerId } from '../model/ids.js'
import { queueOfResource } from '../model/resource.js'
import type { Recovery } from '../model/setting-documents.js'
import { type EpochMs, earliest } from '../model/time.js'
import { DEFAULT_ENGINE_SETTINGS, type EngineSettings } from '../policy/engine-settings.js'
import type { PriceBook } from '../policy/money/price-book.js'
import { restMs } from '../policy/schedule.js'
import type { Calendar } from '../ports/calendar.js'
import type { Clock } from '../ports/clock.js'
import type { Digest } from '../ports/digest.js'
import type { Observer } from '../ports/observer.js'
import type { Random } from '../ports/random.js'
import type { Store } from '../ports/store.js'
import type { Transport } from '../ports/transport.js'
import { type AdoptResult, adoptBatch } from './adopt.js'
import {
  type AfterAbsence,
  describeError,
  type EngineContext,
  isFatal,
  isLostLease,
  tell,
} from './context.js'
import { cutOffTransport } from './cut-off-transport.js'
import { Duties } from './duties.js'
import { freshMemory } from './fresh-memory.js'
import { HeldLease } from './held-lease.js'
import { NO_CALENDAR } from './no-calendar.js'
import { planQueue } from './plan.js'
import { beginRecovery } from './recovery.js'
import { loadIdentity } from './startup.js'
import { attempt, giveBack } from './steps.js'
import { everySubmission } from './submissions.js'
import { type ClaimMore, workOff } from './work-off.js'

const QUEUES_A_ROUND = 100
const WORKER_DUTY = 'worker'

/** What an engine works with. */
export interface EngineOptions {
  readonly store: Store
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly digest: Digest
  readonly priceBook: PriceBook
  /** For queues that flush by a schedule. Without one they wait, and it is told why. */
  readonly calendar?: Calendar | undefined
  /** Unique to this process, for as long as it lives. */
  readonly workerId: WorkerId
  readonly observer?: Observer | undefined
  readonly account?: AccountId | undefined
  /** Default `send`. */
  readonly afterAbsence?: AfterAbsence | undefined
  /** Overrides of {@link DEFAULT_ENGINE_SETTINGS}. */
  readonly settings?: Partial<EngineSettings> | undefined
  /** A worker known to be dead, whose leases are free at once. */
  readonly takeOverFrom?: WorkerId | undefined
}

/** What one round of the engine did. */
export interface TickReport {
  /** Something was done, so another round may find more. */
  readonly progressed: boolean
  /** Steps that failed for a reason outside; they are tried again. */
  readonly failed: number
  /** When something is due next, on the store's clock; null when nothing is known to be. */
  readonly nextDueAt: EpochMs | null
}

// Nobody asks why a round's signal was aborted, and without a reason each round would make an error with its stack.
const ROUND_OVER = 'round_over'

const NOTHING_DONE: TickReport = { progressed: false, failed: 0, nextDueAt: null }

/**
 * Moves requests from waiting to done: plans, sends, looks for lost answers, polls, collects, retries.
 *
 * Every step loads facts, asks policy and writes through the ports, and may be cut off between any two lines; any
 * number of engines may work on a store that allows it. Use {@link Engine.start} for a process that stays, or
 * {@link Engine.tick} from cron and tests.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #context: EngineContext
  readonly #stopSoon = new AbortController()
  readonly #stopNow = new AbortController()
  readonly #duties: Duties
  #wake = new AbortController()
  #workerLease: HeldLease | null = null
  #loop: Promise<void> | null = null
  #tick: Promise<TickReport> | null = null

  constructor(options: EngineOptions) {
    this.#options = options
    this.#context = {
      store: options.store,
      transport: cutOffTransport(options.transport, this.#stopNow.signal),
      clock: options.clock,
      random: options.random,
      digest: options.digest,
      priceBook: options.priceBook,
      calendar: options.calendar ?? NO_CALENDAR,
      observer: options.observer ?? { onEvent: () => undefined },
      settings: { ...DEFAULT_ENGINE_SETTINGS, ...options.settings },
      workerId: options.workerId,
      account: options.account ?? DEFAULT_ACCOUNT,
      afterAbsence: options.afterAbsence ?? 'send',
      stopping: this.#stopSoon.signal,
      signal: this.#stopNow.signal,
      memory: freshMemory(),
    }
    this.#duties = new Duties(this.#context)
  }

  /**
   * Begins to work, and goes on until {@link Engine.stop}. Resolves as soon as the worker's place is taken.
   *
   * @throws {WorkerRunningError} when the store takes one worker and another one lives.
   */
  async start(): Promise<void> {
    await this.#takePlace()
    this.#loop = this.#run()
    // Whoever wants to know awaits `finished`; nobody has to.
    this.#loop.catch(() => undefined)
  }

  /** Resolves when the engine has stopped; rejects with what stopped it, if that was an error. */
  async finished(): Promise<void> {
    await this.#loop
  }

  /** Looks for work now, without waiting for the next round. */
  wake(): void {
    this.#wake.abort()
  }

  /**
   * Stops for good: nothing new is begun, steps under way may end within `graceMs`, then they are cut off. Every lease
   * is given back, as far as the store answers; what was cut off is found again by whoever works next. May be called
   * again with less grace.
   */
  async stop(params: Readonly<{ graceMs: number }>): Promise<void> {
    this.#stopSoon.abort()
    this.#wake.abort()
    const ended = new AbortController()
    const work = Promise.allSettled([this.#loop, this.#tick]).finally(() => ended.abort())
    await this.#context.clock.sleep({ ms: params.graceMs, signal: ended.signal })
    this.#stopNow.abort()
    await work
    const place = this.#workerLease
    this.#workerLease = null
    if (place !== null) await giveBack(this.#context, place)
  }

  /**
   * Begins to take in what a restored store has lost; this or any other worker goes on with it. Until it has ended
   * nothing is sent.
   */
  async recover(): Promise<Recovery> {
    return await beginRecovery(this.#context)
  }

  /** Takes in an ended batch that was made elsewhere, as a job; this or any other worker fetches its results. */
  async adopt(params: Readonly<{ remoteId: RemoteId; job: string }>): Promise<AdoptResult> {
    await loadIdentity(this.#context)
    return await adoptBatch(this.#context, params)
  }

  /** One round: duties, planning, and a step of everything that is due. Nothing, once the engine was told to stop. */
  tick(): Promise<TickReport> {
    if (this.#stopSoon.signal.aborted) return Promise.resolve(NOTHING_DONE)
    this.#tick = this.#tickOnce()
    return this.#tick
  }

  async #tickOnce(): Promise<TickReport> {
    await this.#takePlace()
    const round = new AbortController()
    void this.#keepPlaceDuring(round.signal)
    try {
      return await this.#round()
    } finally {
      round.abort(ROUND_OVER)
    }
  }

  async #round(): Promise<TickReport> {
    const context = this.#context
    let failed = 0
    if (!(await attempt(context, { name: 'duties', run: () => this.#duties.run() }))) failed += 1
    // Without the store's keys our own batches would look like a stranger's, and in another workspace as if they had been
    // deleted, so nothing else is done before.
    if (context.memory.sealingKeys.length === 0 || context.memory.isOtherWorkspace) {
      const { nextDueAt } = this.#duties
      return { ...NOTHING_DONE, failed: Math.max(1, failed), nextDueAt }
    }
    if (context.stopping.aborted) return NOTHING_DONE
    const planned = await this.#plan()
    if (context.stopping.aborted) return NOTHING_DONE
    const steps = await workOff(context, (params) => this.#claimSubmissions(params))
    return {
      progressed: planned.sealed > 0 || steps.done > 0,
      failed: failed + planned.failed + steps.failed,
      nextDueAt: await this.#nextDueAt(earliest(planned.nextDueAt, this.#duties.nextDueAt)),
    }
  }

  async #claimSubmissions({
    limit,
    except,
  }: Parameters<ClaimMore>[0]): Promise<readonly HeldLease[]> {
    const context = this.#context
    const claimedAtMs = context.clock.monotonicMs()
    const { leases } = await context.store.claim({
      work: { type: 'submissions', except },
      workerId: context.workerId,
      leaseMs: context.settings.leaseMs,
      limit,
      takeOverFrom: this.#options.takeOverFrom,
    })
    return leases.map((lease) => new HeldLease(context, lease, claimedAtMs))
  }

  // An embedded store takes one worker: its place is a lease like any other, kept as long as the engine works.
  async #takePlace(): Promise<void> {
    const { store, settings, workerId, clock } = this.#context
    if (store.traits.workers === 'many') return
    if (this.#workerLease !== null && (await this.#keepPlace())) return
    const claimedAtMs = clock.monotonicMs()
    const { leases, heldBy } = await store.claim({
      work: { type: 'singleton', name: WORKER_DUTY },
      workerId,
      leaseMs: settings.leaseMs,
      limit: 1,
      takeOverFrom: this.#options.takeOverFrom,
    })
    const lease = leases[0]
    if (lease === undefined) {
      const until = heldBy === null ? 'soon' : new Date(heldBy.expiresAt).toISOString()
      throw new WorkerRunningError(heldBy?.workerId ?? 'unknown', until)
    }
    this.#workerLease = new HeldLease(this.#context, lease, claimedAtMs)
  }

  // A lease that lapsed while the machine slept, and that nobody took, is free to be taken again.
  async #keepPlace(): Promise<boolean> {
    try {
      await this.#workerLease?.keep()
      return true
    } catch (error) {
      if (!isLostLease(error)) throw error
      this.#workerLease = null
      return false
    }
  }

  // A round may take longer than a lease: an upload, a long list. Its place must not look free meanwhile.
  async #keepPlaceDuring(round: AbortSignal): Promise<void> {
    const { clock, settings } = this.#context
    while (this.#workerLease !== null) {
      await clock.sleep({ ms: settings.leaseMs / 3, signal: round })
      if (round.aborted) return
      // What goes wrong here is found by the next round.
      await this.#workerLease?.keep().catch(() => undefined)
    }
  }

  async #plan(): Promise<{ sealed: number; failed: number; nextDueAt: EpochMs | null }> {
    const context = this.#context
    const claimedAtMs = context.clock.monotonicMs()
    const { leases, nextDueAt } = await context.store.claim({
      work: { type: 'queues' },
      workerId: context.workerId,
      leaseMs: context.settings.leaseMs,
      limit: QUEUES_A_ROUND,
      takeOverFrom: this.#options.takeOverFrom,
    })
    // As many as were asked for: the others are looked at by the next round.
    const isMore = leases.length >= QUEUES_A_ROUND
    const total = {
      sealed: 0,
      failed: 0,
      nextDueAt: isMore ? await context.store.now() : nextDueAt,
    }
    for (const lease of leases) {
      const name = queueOfResource(lease.resource)
      const held = new HeldLease(context, lease, claimedAtMs)
      const run = async (): Promise<void> => {
        if (name === null || context.stopping.aborted) return
        const report = await planQueue(context, held, name.project, name.queue)
        total.sealed += report.sealed
        total.nextDueAt = earliest(total.nextDueAt, report.nextDueAt)
      }
      if (!(await attempt(context, { name: 'plan', run }))) total.failed += 1
      if (!(await giveBack(context, held))) total.failed += 1
    }
    return total
  }

  async #nextDueAt(knownDueAt: EpochMs | null): Promise<EpochMs | null> {
    // A refused or lost one is due in the very round that follows its verdict, and then no more: they only add up.
    const states = ['sealed', 'sending', 'ambiguous', 'in_progress', 'canceling', 'ended'] as const
    const open = await everySubmission(this.#context, { account: null, states })
    return open.reduce((soonest, each) => earliest(soonest, each.nextStepAt), knownDueAt)
  }

  async #run(): Promise<void> {
    const { clock, settings, stopping, store } = this.#context
    let failures = 0
    let idleRounds = 0
    while (!stopping.aborted) {
      this.#wake = new AbortController()
      const report = await this.#safeTick()
      failures = report.failed > 0 ? failures + 1 : 0
      idleRounds = report.progressed ? 0 : idleRounds + 1
      if (report.progressed && failures === 0) continue
      const now = await store.now().catch(() => clock.now())
      const dueInMs = report.nextDueAt === null ? null : report.nextDueAt - now
      const isShared = store.traits.workers === 'many'
      const ms = restMs({ failures, idleRounds, dueInMs, isShared }, settings)
      await clock.sleep({ ms, signal: this.#wake.signal })
    }
  }

  async #safeTick(): Promise<TickReport> {
    try {
      return await this.tick()
    } catch (error) {
      if (isFatal(error) || isPlaceLost(error) || this.#context.stopping.aborted) throw error
      tell(this.#context, { type: 'step_failed', step: 'tick', message: describeError(error) })
      return { ...NOTHING_DONE, failed: 1 }
    }
  }
}

// A process that stood still for longer than its lease may find another one in its place, and must not go on.
function isPlaceLost(error: unknown): boolean {
  return error instanceof WorkerRunningError
}
