import { StoreUnavailableError } from '../errors.js'
import type { DeliveredRow, Delivery } from '../model/delivery.js'
import type { EngineEvent } from '../model/engine-event.js'
import type { ProjectId, QueueName, WorkerId } from '../model/ids.js'
import { SECOND_MS } from '../model/time.js'
import { redeliverAfterMs } from '../policy/delivering.js'
import type { EngineSettings } from '../policy/engine-settings.js'
import type { Clock } from '../ports/clock.js'
import type { Observer } from '../ports/observer.js'
import type { Random } from '../ports/random.js'
import type { Store } from '../ports/store.js'
import type { DeliveryPage } from '../ports/store-delivering.js'
import { describeError } from './context.js'
import { Handover, type Progress } from './handover.js'
import type { HeldLease } from './held-lease.js'

/** What a deliverer works with. */
export interface DelivererOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly settings: EngineSettings
  /** Nobody else's, this process's engine included: a claim counts one's own leases as free. */
  readonly workerId: WorkerId
  readonly project: ProjectId
  readonly queue: QueueName
  /** Takes a result by resolving; rejects when it must come again. */
  readonly handle: (row: DeliveredRow, delivery: Delivery) => Promise<void>
  /** Most results that are with the handler at a time, from 1. */
  readonly concurrency: number
  readonly observer?: Observer | undefined
}

/** How a round is ended early. */
export interface RoundSignals {
  /** Nothing more is handed over; what the handler has is waited for. */
  readonly stopping: AbortSignal
  /** Nothing is waited for any more. */
  readonly cut: AbortSignal
}

const ACK_EVERY_MS = SECOND_MS
const STORE_RETRY_MS = 2 * SECOND_MS

/** One page of a delivery on its way to the handler. */
export class PageHandover {
  readonly #options: DelivererOptions
  readonly #delivery: Delivery
  readonly #rows: readonly DeliveredRow[]
  readonly #lease: HeldLease
  readonly #cut: AbortSignal
  readonly #handover: Handover
  readonly #running = new Set<Promise<void>>()
  #ackedAtMs: number
  #ackedPosition: number
  #tried = 0

  constructor(
    options: DelivererOptions,
    params: {
      readonly page: DeliveryPage
      readonly lease: HeldLease
      readonly signals: RoundSignals
    },
  ) {
    this.#options = options
    this.#delivery = params.page.delivery
    this.#rows = params.page.rows
    this.#lease = params.lease
    this.#cut = params.signals.cut
    this.#handover = new Handover(params.page)
    this.#ackedAtMs = options.clock.monotonicMs()
    this.#ackedPosition = params.page.delivery.position
  }

  /** Whether all of the page was tried, so that the next one may follow. */
  get isWhole(): boolean {
    return this.#handover.isWhole
  }

  /** Hands results over until the page or the time for it ends; answers how many were tried. */
  async run(
    onTried: (isTaken: boolean) => void,
    { isToEnd, isResting }: Readonly<Record<'isToEnd' | 'isResting', () => boolean>>,
  ): Promise<number> {
    let isPutOff = false
    try {
      for (const row of this.#rows) {
        while (this.#running.size >= this.#options.concurrency && !this.#cut.aborted) {
          await this.#oneEnds()
        }
        isPutOff = isResting()
        if (isPutOff || isToEnd()) break
        this.#begin(row, onTried)
        await this.#ackWhenDue()
      }
    } finally {
      while (this.#running.size > 0 && !this.#cut.aborted) await this.#oneEndsSurely()
    }
    // Else the next try would be one of these again, and hundreds that can't be handled would keep all others back.
    if (isPutOff && !this.#cut.aborted) this.#handover.putOff()
    await this.#ack()
    return this.#tried
  }

  #begin(row: DeliveredRow, onTried: (isTaken: boolean) => void): void {
    const running = this.#try(row).then((isTaken) => {
      this.#handover.note(row, isTaken)
      this.#tried += 1
      this.#running.delete(running)
      onTried(isTaken)
    })
    this.#running.add(running)
  }

  async #try(row: DeliveredRow): Promise<boolean> {
    try {
      await this.#options.handle(row, this.#delivery)
      return true
    } catch (error) {
      this.#tell(row, error)
      return false
    }
  }

  #tell({ request }: DeliveredRow, error: unknown): void {
    const { clock, observer, queue } = this.#options
    const event: EngineEvent = {
      type: 'result_not_taken',
      at: clock.now(),
      queue,
      requestId: request.id,
      tries: this.#delivery.tries + 1,
      message: describeError(error),
    }
    observer?.onEvent(event)
  }

  // A handler may take longer than a lease lasts, and what it took before that must not wait for it to be written down.
  async #oneEnds(): Promise<void> {
    await this.#endOrTime()
    await this.#patiently(() => this.#lease.keep())
    await this.#ackWhenDue()
  }

  async #oneEndsSurely(): Promise<void> {
    await this.#oneEnds().catch(() => undefined)
  }

  async #endOrTime(): Promise<void> {
    const { clock, settings } = this.#options
    const over = new AbortController()
    const signal = AbortSignal.any([over.signal, this.#cut])
    const time = clock.sleep({ ms: Math.min(ACK_EVERY_MS, settings.leaseMs / 3), signal })
    await Promise.race([...this.#running, time])
    over.abort()
  }

  async #ackWhenDue(): Promise<void> {
    if (this.#options.clock.monotonicMs() - this.#ackedAtMs >= ACK_EVERY_MS) await this.#ack()
  }

  async #ack(): Promise<void> {
    const { progress } = this.#handover
    this.#ackedAtMs = this.#options.clock.monotonicMs()
    if (progress.position === this.#ackedPosition) return
    await this.#patiently(() => this.#write(progress))
    this.#ackedPosition = progress.position
    this.#handover.passed(progress)
  }

  async #write({ position, notTaken: requestIds }: Progress): Promise<void> {
    const { store, random } = this.#options
    const { id: deliveryId, tries } = this.#delivery
    const { fence } = this.#lease
    const restMs = redeliverAfterMs({ tries, jitter: random.next() })
    const notTaken =
      requestIds.length === 0 ? null : { requestIds, dueAt: (await store.now()) + restMs }
    await store.ackDelivery({ fence, deliveryId, position, notTaken })
  }

  // Whoever gave up here would be handed the same results again as soon as the store is back. The same call again does no
  // harm: where only its answer was lost it changes nothing.
  async #patiently(call: () => Promise<void>): Promise<void> {
    const { clock, observer } = this.#options
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof StoreUnavailableError) || this.#cut.aborted) throw error
        const message = describeError(error)
        observer?.onEvent({ type: 'step_failed', at: clock.now(), step: 'deliver', message })
        await clock.sleep({ ms: STORE_RETRY_MS, signal: this.#cut })
      }
    }
  }
}
