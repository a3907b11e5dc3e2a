import { setTimeout as wait } from 'node:timers/promises'
import { ConfigError, type Engine, type EpochMs, WorkerRunningError } from '@halfrate/core'
import type { Changes } from './changes.js'
import { type EngineHome, EngineHost } from './engine-host.js'
import { stopEngine } from './stop-engine.js'

/** What a tick did. */
export interface TickResult {
  /**
   * `idle`: nothing is due. `time_used`: there may be more, for the next tick. `elsewhere`: another process works on
   * this store, so nothing was done here but to hand results over.
   */
  readonly outcome: 'idle' | 'time_used' | 'elsewhere'
  /**
   * When something is due next, epoch milliseconds on the store's clock: rows to be tried again and results that were not
   * taken count too. In the past for what was due and not done here. Null when nothing is known to be.
   */
  readonly nextDueAt: EpochMs | null
  /** Steps of the last round that failed for a reason outside; they are tried again. */
  readonly failed: number
}

/** What a worker needs of its process. */
interface WorkerHome extends EngineHome {
  /** Asks the provider whether it takes the key. */
  checkAccess(signal?: AbortSignal): Promise<void>
}

/** How long what is under way may go on when nobody says, milliseconds of real time. */
export const GRACE_MS = 60_000
/** Part of a tick's time in which nothing new is begun, so that what is under way ends by itself. */
export const LAST_PART: number = 0.2

/** The engine of this process, by start and stop or by ticks. */
export class ProcessWorker {
  readonly #home: WorkerHome
  readonly #changes: Changes
  #host: EngineHost | null = null
  #starting: Promise<void> | null = null
  #ticking: Promise<TickResult> | null = null
  #tickEngine: Engine | null = null
  /** Stops that are not over. */
  readonly #stops = new Set<Promise<void>>()
  #isAccessChecked = false

  constructor(home: WorkerHome, changes: Changes) {
    this.#home = home
    this.#changes = changes
  }

  /** See {@link Halfrate.start}. */
  async start(): Promise<void> {
    await Promise.all(this.#stops)
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = null
      throw error
    })
    await this.#starting
  }

  /** Looks for work now, if this process works. */
  wake(): void {
    this.#host?.wake()
  }

  /** See {@link Halfrate.finished}. */
  async finished(): Promise<void> {
    await this.#starting
    await this.#host?.finished
  }

  /** See {@link Halfrate.stop}. */
  async stop(graceMs: number): Promise<void> {
    checkMs('graceMs', graceMs, 0)
    const stop = this.#stop(graceMs)
    this.#stops.add(stop)
    await stop.finally(() => this.#stops.delete(stop))
  }

  async #stop(graceMs: number): Promise<void> {
    await this.#starting?.catch(() => undefined)
    await this.#stopTick(graceMs)
    await this.#ticking?.catch(() => undefined)
    await this.#host?.stop({ graceMs })
    this.#host = null
    this.#starting = null
  }

  /** See {@link Halfrate.tick}. */
  async tick(maxMs: number): Promise<TickResult> {
    checkMs('maxMs', maxMs, 1)
    await Promise.all(this.#stops)
    if (this.#starting !== null) {
      throw new ConfigError(
        'tick: expected a process that was not started, got one that works already.',
        'Use start, or ticks; not both at a time.',
      )
    }
    this.#ticking ??= this.#tick(maxMs).finally(() => {
      this.#ticking = null
    })
    return await this.#ticking
  }

  async #start(): Promise<void> {
    await this.#ticking?.catch(() => undefined)
    await this.#checkAccess()
    this.#changes.fail(null)
    const host = new EngineHost({ half: this.#home, onOtherWorker: () => undefined })
    host.finished.catch((error: unknown) => this.#changes.fail({ error }))
    this.#host = host
  }

  // Once: a key that was good and is no longer pauses its account, which says so.
  async #checkAccess(signal?: AbortSignal): Promise<void> {
    if (this.#isAccessChecked) return
    await this.#home.checkAccess(signal)
    this.#isAccessChecked = true
  }

  async #tick(maxMs: number): Promise<TickResult> {
    const isOver = new AbortController()
    const lastMs = maxMs * LAST_PART
    let isTimeUp = false
    const timeUp = wait(maxMs - lastMs, undefined, { signal: isOver.signal }).then(
      async () => {
        isTimeUp = true
        await this.#stopTick(lastMs)
      },
      () => undefined,
    )
    try {
      await this.#checkAccess(AbortSignal.timeout(maxMs))
      const engine = await this.#home.engine()
      this.#tickEngine = engine
      const report = isTimeUp ? NOTHING_KNOWN : await roundsOf(engine)
      const { nextDueAt, failed } = report
      return { outcome: isTimeUp ? 'time_used' : 'idle', nextDueAt, failed }
    } catch (error) {
      if (!(error instanceof WorkerRunningError)) throw error
      return { outcome: 'elsewhere', ...NOTHING_KNOWN }
    } finally {
      isOver.abort()
      await timeUp
      await this.#stopTick(0)
      this.#tickEngine = null
    }
  }

  async #stopTick(graceMs: number): Promise<void> {
    if (this.#tickEngine === null) return
    await stopEngine(this.#tickEngine, graceMs, this.#home.clockFactor)
  }
}

const NOTHING_KNOWN = { nextDueAt: null, failed: 0 } as const

// Rounds follow each other as long as they find something to do.
async function roundsOf(engine: Engine): Promise<Pick<TickResult, 'nextDueAt' | 'failed'>> {
  for (;;) {
    const report = await engine.tick()
    if (!report.progressed) return report
  }
}

// Node turns a longer time-out into one millisecond.
const LONGEST_MS = 2_147_483_647

function checkMs(name: string, ms: number, least: number): void {
  if (ms >= least && ms <= LONGEST_MS) return
  throw new ConfigError(
    `${name}: expected milliseconds from ${least} to ${LONGEST_MS}, got ${ms}.`,
    'Correct the option. Nothing was begun or ended.',
  )
}
