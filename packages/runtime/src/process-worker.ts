import { setTimeout as wait } from 'node:timers/promises'
import { ConfigError, type Engine, type EpochMs, WorkerRunningError } from '@halfrate/core'
import type { Changes } from './changes.js'
import { type EngineHome, EngineHost } from './engine-host.js'

/** What a tick did. */
export interface TickResult {
  /**
   * `idle`: nothing is due. `time_used`: there may be more, for the next tick. `elsewhere`: another process works on
   * this store, so nothing was done here.
   */
  readonly outcome: 'idle' | 'time_used' | 'elsewhere'
  /** When something is due next, epoch milliseconds on the store's clock; null when nothing is known to be. */
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
// Part of a tick's time in which nothing new is begun, so that what is under way ends by itself.
const LAST_PART = 0.2

/** The engine of this process, by start and stop or by ticks. */
export class ProcessWorker {
  readonly #home: WorkerHome
  readonly #changes: Changes
  #host: EngineHost | null = null
  #starting: Promise<void> | null = null
  #ticking: Promise<TickResult> | null = null
  #isAccessChecked = false

  constructor(home: WorkerHome, changes: Changes) {
    this.#home = home
    this.#changes = changes
  }

  /** See {@link Halfrate.start}. */
  async start(): Promise<void> {
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
    await this.#starting?.catch(() => undefined)
    await this.#ticking?.catch(() => undefined)
    await this.#host?.stop({ graceMs })
    this.#host = null
    this.#starting = null
  }

  /** See {@link Halfrate.tick}. */
  async tick(maxMs: number): Promise<TickResult> {
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
    const { clockFactor } = this.#home
    await this.#checkAccess(AbortSignal.timeout(maxMs))
    const engine = await this.#home.engine()
    const lastMs = maxMs * LAST_PART
    const timeUp = wait(maxMs - lastMs, undefined, { signal: isOver.signal }).then(
      async () => {
        await engine.stop({ graceMs: lastMs * clockFactor })
        return true
      },
      () => false,
    )
    try {
      const report = await roundsOf(engine)
      isOver.abort()
      const outcome = (await timeUp) ? 'time_used' : 'idle'
      return { outcome, nextDueAt: report.nextDueAt, failed: report.failed }
    } catch (error) {
      if (!(error instanceof WorkerRunningError)) throw error
      return { outcome: 'elsewhere', nextDueAt: null, failed: 0 }
    } finally {
      isOver.abort()
      await engine.stop({ graceMs: 0 })
    }
  }
}

// Rounds follow each other as long as they find something to do.
async function roundsOf(engine: Engine): Promise<Awaited<ReturnType<Engine['tick']>>> {
  for (;;) {
    const report = await engine.tick()
    if (!report.progressed) return report
  }
}
