import { setTimeout as wait } from 'node:timers/promises'
import type { RoundSignals } from '@halfrate/core'
import type { Changes } from '../changes.js'

/** One time of work, from a start to its stop. */
export class DeliveryRun {
  readonly #stopping = new AbortController()
  readonly #cut = new AbortController()
  readonly signals: RoundSignals = { stopping: this.#stopping.signal, cut: this.#cut.signal }

  /** Nothing more is handed over. */
  hold(): void {
    this.#stopping.abort()
  }

  /** Nothing is waited for. */
  cut(): void {
    this.#stopping.abort()
    this.#cut.abort()
  }

  /** Lets nothing begin in the last part of a time, and cuts off what is under way at its end. */
  async end(params: {
    readonly maxMs: number
    readonly lastMs: number
    readonly signal: AbortSignal
  }): Promise<void> {
    const { maxMs, lastMs, signal } = params
    try {
      await wait(maxMs - lastMs, undefined, { signal })
      this.hold()
      await wait(lastMs, undefined, { signal })
      this.cut()
    } catch {
      // It was over before its time.
    }
  }

  /** Waits for what is under way, within the grace. */
  async stop(graceMs: number, underWay: Promise<unknown>): Promise<void> {
    this.hold()
    const isOver = new AbortController()
    const grace = wait(graceMs, undefined, { signal: isOver.signal }).catch(() => undefined)
    await Promise.race([underWay, grace])
    isOver.abort()
    this.cut()
    await underWay
  }

  /** Waits for what must be over before anything is handed over, but not when nothing will be. */
  async unlessHeld(before: Promise<void> | undefined): Promise<void> {
    if (before === undefined || this.signals.stopping.aborted) return
    const held = new Promise<void>((resolve) => {
      this.signals.stopping.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([before, held])
  }

  /** Resolves at a change, when it is stopped, or after the time. */
  async rest(ms: number, changes: Changes): Promise<void> {
    const awake = new AbortController()
    const unwatch = changes.watch(() => awake.abort())
    const signal = AbortSignal.any([awake.signal, this.signals.stopping])
    await wait(Math.max(1, ms), undefined, { signal }).catch(() => undefined)
    unwatch()
  }
}
