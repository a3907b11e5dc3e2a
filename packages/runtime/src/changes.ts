import { setTimeout as wait } from 'node:timers/promises'
import type { EngineEvent, Observer } from '@halfrate/core'

/** Events after which there may be results that nobody has read. */
const TELLING: ReadonlySet<EngineEvent['type']> = new Set(['settled', 'released'])

/** How long somebody rests who has looked at the store and found nothing new. Milliseconds of real time. */
export interface Rest {
  /** {@link Changes.count} as it was before that look. */
  readonly seen: number
  /** Not shorter, whatever happens. */
  readonly leastMs: number
  /** Not longer: other processes work on the same store and tell nothing here. */
  readonly mostMs: number
}

/**
 * Wakes those who wait for results when the engine of this process has stored some. It only saves them time: what is done
 * is in the store, and they look there again in any case.
 */
export class Changes implements Observer {
  #count = 0
  #failure: { readonly error: unknown } | null = null
  #ended = new AbortController()
  readonly #waiting = new Set<() => void>()

  /** Rises with every change. */
  get count(): number {
    return this.#count
  }

  onEvent(event: EngineEvent): void {
    if (TELLING.has(event.type)) this.note()
  }

  /** Wakes everybody. */
  note(): void {
    this.#count += 1
    for (const wake of this.#waiting) wake()
  }

  /** Has something called at every change, until the answer is called. */
  watch(onChange: () => void): () => void {
    this.#waiting.add(onChange)
    return () => void this.#waiting.delete(onChange)
  }

  /** Ends every wait by an error: nothing more comes here, because of it. Null takes that back. */
  fail(failure: { readonly error: unknown } | null): void {
    this.#failure = failure
    if (failure === null) this.#ended = new AbortController()
    else this.#ended.abort()
    this.note()
  }

  /**
   * Resolves at a change, or after the longest time.
   *
   * @throws what ended the engine of this process, or {@link StoreClosedError} once it is closed.
   */
  async rest({ seen, leastMs, mostMs }: Rest): Promise<void> {
    await wait(leastMs, undefined, { signal: this.#ended.signal }).catch(() => undefined)
    if (this.#failure === null && this.#count === seen) await this.#change(mostMs - leastMs)
    if (this.#failure !== null) throw this.#failure.error
  }

  async #change(ms: number): Promise<void> {
    const awake = new AbortController()
    const wake = (): void => awake.abort()
    this.#waiting.add(wake)
    await wait(Math.max(0, ms), undefined, { signal: awake.signal }).catch(() => undefined)
    this.#waiting.delete(wake)
  }
}
