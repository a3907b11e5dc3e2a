import { setTimeout as wait } from 'node:timers/promises'
import {
  ConfigError,
  type DeliveryRound,
  type EpochMs,
  earliest,
  HalfrateError,
  type QueueName,
  type RoundSignals,
  StoreClosedError,
  StoreNewerError,
} from '@halfrate/core'
import type { Changes } from '../changes.js'
import { DeliveryRun } from './delivery-run.js'
import { KeptQueue } from './kept-queue.js'
import { type DeliveryHome, QueueHandler } from './queue-handler.js'
import type { OnResultOptions, ResultHandler, ResultSubscription } from './result-handler.js'

// Milliseconds of real time. Other processes that work on the same store tell nothing here.
const POLL_MS = 1_000
const UNAVAILABLE_WAIT_MS = 2_000

/** How long a tick may last. */
export interface TickParams {
  /** Milliseconds of real time. */
  readonly maxMs: number
  /** Of these, the part in which nothing new is begun. */
  readonly lastMs: number
  /** What may end requests meanwhile. */
  readonly other: Promise<unknown>
}

/** What a tick leaves to the next one. */
export interface Ticked {
  /** Whether its time was up, so that there may be more at once. */
  readonly isMore: boolean
  /** When there is something to hand over, on the store's clock; null when nothing is known to be. */
  readonly nextDueAt: EpochMs | null
}

/** The handlers of this process, one a queue, and the loops that hand results to them while it works. */
export class ResultHandlers {
  readonly #home: DeliveryHome
  readonly #changes: Changes
  readonly #handlers = new Map<QueueName, QueueHandler>()
  readonly #kept = new Map<QueueName, KeptQueue>()
  readonly #loops = new Map<QueueHandler, Promise<void>>()
  /** Runs whose loops have not all ended. */
  readonly #runs = new Set<DeliveryRun>()
  #run: DeliveryRun | null = null
  #ticking: {
    readonly run: DeliveryRun
    readonly done: Promise<Ticked>
  } | null = null

  constructor(home: DeliveryHome, changes: Changes) {
    this.#home = home
    this.#changes = changes
  }

  /**
   * Has the results of a queue handed to a handler, from now on and after each start of a process that says so.
   *
   * @throws {ConfigError} when the queue has a handler in this process, or an option can't be used.
   */
  add(queue: QueueName, handler: ResultHandler, options: OnResultOptions): ResultSubscription {
    if (this.#handlers.has(queue)) {
      throw new ConfigError(
        `onResult: queue ${JSON.stringify(queue)} has a handler in this process.`,
        'Call it once a queue; one handler can do several things with a result.',
      )
    }
    const onEnd = (): void => {
      if (this.#handlers.get(queue) === added) this.#handlers.delete(queue)
    }
    const kept = this.#keptOf(queue)
    const added = new QueueHandler(this.#home, { queue, handler, options, kept, onEnd })
    this.#handlers.set(queue, added)
    // Told by whoever waits for it; an error here has nobody yet who could be told.
    added.ready().catch(() => undefined)
    if (this.#run !== null) this.#begin(added, this.#run)
    return added
  }

  /** Resolves when the store keeps results for all of them. */
  async ready(): Promise<void> {
    for (const queue of [...this.#handlers.keys()]) await this.#keptOf(queue).write()
  }

  /** Hands results over until {@link stop}. Calling it again changes nothing. */
  start(): void {
    if (this.#run !== null) return
    this.#run = new DeliveryRun()
    this.#runs.add(this.#run)
    for (const handler of this.#handlers.values()) this.#begin(handler, this.#run)
  }

  /**
   * Ends that: what a handler has may end within the grace, milliseconds of real time. Calling it again waits for the same,
   * with its own grace.
   */
  async stop(graceMs: number): Promise<void> {
    const ticking = this.#ticking
    const runs = [...this.#runs]
    const underWay = Promise.all(this.#loops.values())
    this.#run = null
    await Promise.all([
      ...runs.map((run) => run.stop(graceMs, underWay)),
      ticking?.run.stop(graceMs, ticking.done),
    ])
    for (const run of runs) this.#runs.delete(run)
  }

  /**
   * Hands over what is due, and what comes while `other` is under way; nothing new in the last part of the time.
   * A second one joins the first.
   */
  async tick(params: TickParams): Promise<Ticked> {
    // Then the loops do it, and the tick is refused.
    if (this.#run !== null) return { isMore: false, nextDueAt: null }
    if (this.#ticking === null) {
      const run = new DeliveryRun()
      const done = this.#tick(run, params).finally(() => {
        this.#ticking = null
      })
      this.#ticking = { run, done }
    }
    return await this.#ticking.done
  }

  async #tick(run: DeliveryRun, params: TickParams): Promise<Ticked> {
    const isOver = new AbortController()
    const times = run.end({ ...params, signal: isOver.signal })
    const rounds = [...this.#handlers.values()].map((each) => this.#drain(each, run, params.other))
    const nextDueAt = earliest(...(await Promise.all(rounds)))
    const isMore = run.signals.stopping.aborted
    isOver.abort()
    await times
    return { isMore, nextDueAt }
  }

  // Answers when there is more.
  async #drain(
    handler: QueueHandler,
    run: DeliveryRun,
    other: Promise<unknown>,
  ): Promise<EpochMs | null> {
    let isOtherDone = false
    const otherDone = other
      .catch(() => undefined)
      .then(() => {
        isOtherDone = true
      })
    await run.unlessHeld(this.#loops.get(handler))
    while (!run.signals.stopping.aborted) {
      const wasOtherDone = isOtherDone
      const round = await this.#round(handler, run.signals)
      if (round?.type === 'delivered') continue
      if (round === null) return null
      if (wasOtherDone) return await this.#nextDueAt(round)
      await Promise.race([otherDone, run.rest(POLL_MS, this.#changes)])
    }
    return null
  }

  async #nextDueAt(round: Exclude<DeliveryRound, { type: 'delivered' }>): Promise<EpochMs | null> {
    if (round.type === 'idle') return round.nextDueAt
    return (await this.#home.store.now()) + round.ms
  }

  #keptOf(queue: QueueName): KeptQueue {
    const { store } = this.#home
    const isWanted = (): boolean => this.#handlers.has(queue)
    const kept = this.#kept.get(queue) ?? new KeptQueue({ store, queue, isWanted })
    this.#kept.set(queue, kept)
    return kept
  }

  // Behind the loop of a run that is being stopped: a claim counts one's own leases as free, so two at a time would hand the
  // same results over twice.
  #begin(handler: QueueHandler, run: DeliveryRun): void {
    const loop = this.#loop(handler, run, this.#loops.get(handler)).finally(() => {
      if (this.#loops.get(handler) === loop) this.#loops.delete(handler)
    })
    this.#loops.set(handler, loop)
  }

  async #loop(
    handler: QueueHandler,
    run: DeliveryRun,
    before: Promise<void> | undefined,
  ): Promise<void> {
    await before
    await this.#ticking?.done
    while (!run.signals.stopping.aborted && this.#handlers.get(handler.queue) === handler) {
      const round = await this.#round(handler, run.signals)
      if (round === null) return
      if (round.type === 'delivered') continue
      const restMs = round.type === 'resting' ? round.ms / this.#home.clockFactor : POLL_MS
      await run.rest(Math.min(POLL_MS, restMs), this.#changes)
    }
  }

  // Null when the store is closed, or became one of a newer version. Whatever else happens, what was not acknowledged comes again.
  async #round(handler: QueueHandler, signals: RoundSignals): Promise<DeliveryRound | null> {
    try {
      return await handler.round(signals)
    } catch (error) {
      if (error instanceof StoreClosedError) return null
      const { observer, clock } = this.#home
      const message = error instanceof HalfrateError ? error.message : String(error)
      observer?.onEvent({ type: 'step_failed', at: clock.now(), step: 'deliver', message })
      if (error instanceof StoreNewerError) return null
      const { stopping: signal } = signals
      await wait(UNAVAILABLE_WAIT_MS, undefined, { signal }).catch(() => undefined)
      return { type: 'idle', nextDueAt: clock.now() }
    }
  }
}
