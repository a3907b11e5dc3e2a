import {
  type AfterAbsence,
  type Calendar,
  type Clock,
  Engine,
  type EngineEvent,
  type EngineSettings,
  IllegalTransitionError,
  InvariantError,
  type Store,
  type Transport,
  type WorkerId,
} from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import type { FaultLog } from '../faults/fault-log.js'
import type { Violations } from '../judge/violation.js'
import { SIM_PRICE_BOOK } from '../scenario/prices.js'
import type { Scheduler } from '../time/scheduler.js'
import { simClock } from './sim-clock.js'
import { simDigest } from './sim-digest.js'
import { SimProcess } from './sim-process.js'
import { simRandom } from './sim-random.js'

/** What the workers of a run are made from. */
export interface WorkerPoolOptions {
  readonly scheduler: Scheduler
  readonly draw: Draw
  readonly log: FaultLog
  readonly violations: Violations
  readonly settings: EngineSettings
  readonly skewMs: number
  /** What workers read schedules and periods by. */
  readonly calendar: Calendar
  readonly afterAbsence?: AfterAbsence | undefined
  /** Whether the store takes one worker, and so one is started at a time. */
  readonly isAlone: boolean
  /** How long after its end a worker is started again. */
  readonly restartMs: () => number
  /** Whether the next worker knows that this one is dead. */
  readonly knowsDead: () => boolean
  readonly storeFor: (process: SimProcess) => Store
  readonly transportFor: (process: SimProcess) => Transport
  /** The clock of a worker, as it may be tampered with. */
  readonly clockFor: (clock: Clock) => Clock
  /** Begins to hand results over in a process. */
  readonly handOver: (worker: WorkerHome) => void
  readonly onEnd: (process: SimProcess) => void
  readonly onEvent: (process: SimProcess, event: EngineEvent) => void
}

/** What a worker's handlers get of it. */
export interface WorkerHome {
  readonly process: SimProcess
  readonly store: Store
  readonly clock: Clock
  readonly settings: EngineSettings
  readonly stopping: AbortSignal
}

interface Worker {
  readonly process: SimProcess
  readonly engine: Engine
  readonly stopping: AbortController
}

/** The workers of a run: started, killed, started again under another id, as an operator would. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #living = new Set<Worker>()
  readonly #leaving = new Set<Worker>()
  #started = 0
  #awayUntil = 0
  #calmed = 0
  #settings: EngineSettings

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    this.#settings = options.settings
  }

  /** How long a worker that finds nothing rests. */
  get idleMs(): number {
    return this.#settings.idleMs
  }

  /** Starts a worker; `takeOverFrom` is one that is known to be dead. */
  start(takeOverFrom: WorkerId | undefined): void {
    const { scheduler, draw } = this.#options
    const awayMs = this.#awayUntil - scheduler.now
    if (awayMs > 0) {
      this.#startAfter(awayMs, takeOverFrom)
      return
    }
    this.#started += 1
    const name = `w${this.#started}`
    const process = new SimProcess(name, scheduler, () => this.#ended(worker))
    const skewMs = Math.round(this.#options.skewMs * draw.fraction())
    const store = this.#options.storeFor(process)
    const clock = this.#options.clockFor(
      simClock({ process, scheduler, skewMs, onSpin: () => this.#spins(name) }),
    )
    const engine = new Engine({
      store,
      transport: this.#options.transportFor(process),
      clock,
      random: simRandom(draw),
      digest: simDigest,
      calendar: this.#options.calendar,
      priceBook: SIM_PRICE_BOOK,
      workerId: name as WorkerId,
      settings: this.#settings,
      takeOverFrom,
      afterAbsence: this.#options.afterAbsence,
      observer: { onEvent: (event) => this.#options.onEvent(process, event) },
    })
    const stopping = new AbortController()
    const worker: Worker = { process, engine, stopping }
    this.#living.add(worker)
    this.#watch(worker)
    const { signal } = stopping
    this.#options.handOver({ process, store, clock, settings: this.#settings, stopping: signal })
  }

  /** Lets frozen ones go on. */
  thaw(): void {
    for (const { process } of this.#living) process.thaw()
  }

  /** Stops one as a service manager does; another is started after a while. Answers which; null when none lives. */
  stopOne(graceMs: number): string | null {
    const worker = this.#anyone()
    if (worker !== undefined) this.#stop(worker, graceMs)
    return worker?.process.name ?? null
  }

  /** Sets the clock of one worker's machine wrong. Answers whose; null when none lives. */
  jumpOne(ms: number): string | null {
    const worker = this.#anyone()
    worker?.process.jumpClock(ms)
    return worker?.process.name ?? null
  }

  /** Kills all workers, and starts none again before the given time has passed. */
  leave(ms: number): void {
    // Who is away for long already is not back sooner.
    this.#awayUntil = Math.max(this.#awayUntil, this.#options.scheduler.now + Math.round(ms))
    for (const { process } of [...this.#living]) process.kill()
  }

  /** Stops all workers, each in its own way, and starts one that looks around less often. */
  calm(idleMs: number): void {
    const { draw } = this.#options
    this.#settings = { ...this.#settings, idleMs }
    this.#awayUntil = 0
    this.#calmed += 1
    for (const worker of [...this.#living]) {
      this.#leaving.add(worker)
      if (draw.chance(0.3)) worker.process.kill()
      else this.#stop(worker, draw.logWhole(1, 60_000))
    }
    this.start(undefined)
  }

  #stop({ engine, stopping }: Worker, graceMs: number): void {
    stopping.abort()
    void engine.stop({ graceMs }).catch(() => undefined)
  }

  #spins(name: string): void {
    this.#options.violations.add('spin', `${name} looks for work without ever resting.`)
  }

  #watch(worker: Worker): void {
    worker.engine
      .start()
      .then(() => worker.engine.finished())
      .then(
        () => this.#ended(worker),
        (error: unknown) => this.#failed(worker, error),
      )
  }

  #failed(worker: Worker, error: unknown): void {
    if (error instanceof InvariantError || error instanceof IllegalTransitionError) {
      this.#options.violations.add('engine', `${worker.process.name} stopped: ${error.message}`)
    }
    this.#ended(worker)
  }

  #ended(worker: Worker): void {
    if (!this.#living.delete(worker)) return
    const wasKilled = worker.process.isDead
    worker.process.retire()
    this.#options.onEnd(worker.process)
    if (this.#leaving.has(worker)) return
    const knows = wasKilled && this.#options.knowsDead()
    const takeOverFrom = knows ? (worker.process.name as WorkerId) : undefined
    this.#startAfter(this.#options.restartMs(), takeOverFrom)
  }

  // Where one is started instead of all others, a second one would take its place whenever it rests.
  #startAfter(ms: number, takeOverFrom: WorkerId | undefined): void {
    const calmed = this.#calmed
    this.#options.scheduler.after(ms, () => {
      if (this.#options.isAlone && this.#calmed !== calmed) return
      this.start(takeOverFrom)
    })
  }

  #anyone(): Worker | undefined {
    const living = [...this.#living]
    return living.length === 0 ? undefined : living[this.#options.draw.whole(0, living.length - 1)]
  }
}
