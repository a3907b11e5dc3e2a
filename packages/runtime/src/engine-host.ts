import { setTimeout as wait } from 'node:timers/promises'
import { type Engine, LeaseLostError, type WorkerId, WorkerRunningError } from '@halfrate/core'
import { workerText } from './local-worker.js'
import { stopEngine } from './stop-engine.js'

// How often a place that another worker holds is asked for. Real time.
const ASK_AGAIN_MS = 1_000

/** What a host needs of the process that it works in. */
export interface EngineHome {
  /** Makes an engine for this process. */
  engine(): Promise<Engine>
  /** Who holds the one worker's place of the store; null when it is free, or when the store takes many. */
  holder(): Promise<WorkerId | null>
  /** Milliseconds of the engine's clock in a real one. */
  readonly clockFactor: number
}

/**
 * Runs the engine in this process as soon as no other worker runs on the store, until it is stopped.
 *
 * `finished` rejects when the engine gives up, which it does only for bugs.
 */
export class EngineHost {
  readonly #half: EngineHome
  readonly #onOther: (worker: string | null) => void
  readonly #stop = new AbortController()
  readonly #finished: Promise<void>
  #engine: Engine | null = null

  constructor(params: {
    readonly half: EngineHome
    /** Told who holds the place whenever that changes; null for this process. */
    readonly onOtherWorker: (worker: string | null) => void
  }) {
    this.#half = params.half
    this.#onOther = params.onOtherWorker
    this.#finished = this.#run()
    this.#finished.catch(() => undefined)
  }

  /** Resolves once stopped; rejects with what ended the engine otherwise. */
  get finished(): Promise<void> {
    return this.#finished
  }

  /** Looks for work now. */
  wake(): void {
    this.#engine?.wake()
  }

  /**
   * Stops: nothing new is begun, steps under way may end within the grace or until they are cut off, and leases are
   * given back.
   *
   * @param graceMs - real time.
   */
  async stop(params: { readonly graceMs: number; readonly cut?: AbortSignal }): Promise<void> {
    const { graceMs, cut } = params
    this.#stop.abort()
    const cutOff = (): void => void this.#engine?.stop({ graceMs: 0 })
    cut?.addEventListener('abort', cutOff, { once: true })
    const ms = cut?.aborted === true ? 0 : graceMs
    if (this.#engine !== null) await stopEngine(this.#engine, ms, this.#half.clockFactor)
    await this.#finished.catch(() => undefined)
    cut?.removeEventListener('abort', cutOff)
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#work()
      } catch (error) {
        if (!isElsewhere(error)) throw error
        const holder = await this.#half.holder()
        this.#onOther(holder === null ? null : workerText(holder))
        await wait(ASK_AGAIN_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined)
      }
    }
  }

  // Ends by an error when another worker took the place while this process stood still; then its turn comes again.
  async #work(): Promise<void> {
    const engine = await this.#half.engine()
    await engine.start()
    if (this.#stop.signal.aborted) return await engine.stop({ graceMs: 0 })
    this.#engine = engine
    this.#onOther(null)
    await engine.finished()
  }
}

function isElsewhere(error: unknown): boolean {
  return error instanceof WorkerRunningError || error instanceof LeaseLostError
}
