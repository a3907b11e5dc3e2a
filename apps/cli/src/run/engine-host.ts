import { setTimeout as wait } from 'node:timers/promises'
import { type Engine, LeaseLostError, WorkerRunningError } from '@halfrate/core'
import { type Halfrate, workerText } from '@halfrate/runtime'

// How often a place that another worker holds is asked for. Real time.
const ASK_AGAIN_MS = 1_000

// What a send that is under way gets to end in. Real time.
const GRACE_MS = 10_000

/**
 * Runs the engine in this process as soon as no other worker runs on the store, until it is stopped.
 *
 * `finished` rejects when the engine gives up, which it does only for bugs.
 */
export class EngineHost {
  readonly #half: Halfrate
  readonly #onOther: (worker: string | null) => void
  readonly #stop = new AbortController()
  readonly #finished: Promise<void>
  #engine: Engine | null = null

  constructor(params: {
    readonly half: Halfrate
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

  /** Stops; a step under way gets its grace. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#engine?.stop({ graceMs: GRACE_MS * this.#half.clockFactor })
    await this.#finished.catch(() => undefined)
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
