import type { DeliveryId } from '../model/ids.js'
import { deliveryOfResource } from '../model/resource.js'
import type { EpochMs } from '../model/time.js'
import { MOST_FAILURES_IN_ROW, redeliverAfterMs } from '../policy/delivering.js'
import { isLostLease } from './context.js'
import { HeldLease } from './held-lease.js'
import { type DelivererOptions, PageHandover, type RoundSignals } from './page-handover.js'

/**
 * What a round of delivering came to. `idle`: nothing could be handed over; `nextDueAt` is when something can, on the
 * store's clock, as far as is known. `resting`: the handler failed all the time; nothing is tried for `ms`.
 */
export type DeliveryRound =
  | { readonly type: 'idle'; readonly nextDueAt: EpochMs | null }
  | { readonly type: 'delivered'; readonly tried: number }
  | { readonly type: 'resting'; readonly ms: number }

// Answers may be large, and this many are in memory at once.
const MOST_ANSWERS = 100

/**
 * Hands the results of a queue to a handler, at least once each: what it took is acknowledged, the rest comes again later
 * by itself. A crash costs what was tried since the last acknowledgement, a second ago, and what went on beside a slow one.
 */
export class Deliverer {
  readonly #options: DelivererOptions
  #failuresInRow = 0
  #restsInRow = 0
  #restUntilMs = 0

  constructor(options: DelivererOptions) {
    this.#options = options
  }

  /**
   * Hands over one delivery that is due, if there is one.
   *
   * @throws {StoreUnavailableError} when the store did not answer; what was not acknowledged comes again.
   */
  async round(signals: RoundSignals): Promise<DeliveryRound> {
    const { store, clock, settings, workerId, project, queue } = this.#options
    const restMs = this.#restUntilMs - clock.monotonicMs()
    if (restMs > 0) return { type: 'resting', ms: restMs }
    if (signals.stopping.aborted) return { type: 'idle', nextDueAt: null }
    const { leaseMs } = settings
    const claimedAtMs = clock.monotonicMs()
    const work = { type: 'deliveries', project, queue } as const
    const { leases, nextDueAt } = await store.claim({ work, workerId, leaseMs, limit: 1 })
    const [lease] = leases
    const id = lease === undefined ? null : deliveryOfResource(lease.resource)
    if (lease === undefined || id === null) return { type: 'idle', nextDueAt }
    const held = new HeldLease(this.#options, lease, claimedAtMs)
    const tried = await this.#deliver(id, held, signals)
    return { type: 'delivered', tried }
  }

  async #deliver(id: DeliveryId, lease: HeldLease, signals: RoundSignals): Promise<number> {
    let tried = 0
    try {
      for (let from: number | null = null; !this.#isToEnd(signals); ) {
        const read = { deliveryId: id, from, limit: MOST_ANSWERS }
        const page = await this.#options.store.readDelivery(read)
        if (page === null) break
        const handing = new PageHandover(this.#options, { page, lease, signals })
        tried += await handing.run(this.#countingTry, {
          isToEnd: () => this.#isToEnd(signals),
          isResting: this.#isResting,
        })
        // A rest that began in the page may be over by now; what was not tried of it must not be passed all the same.
        if (!handing.isWhole || page.next >= page.delivery.count) break
        from = page.next
      }
    } catch (error) {
      // Another one has it by now, and begins where the last acknowledgement ended.
      if (!isLostLease(error)) throw error
    }
    await lease.release()
    return tried
  }

  #isToEnd({ stopping, cut }: RoundSignals): boolean {
    return stopping.aborted || cut.aborted || this.#isResting()
  }

  readonly #isResting = (): boolean => {
    return this.#restUntilMs > this.#options.clock.monotonicMs()
  }

  // Not only poison but all of them: whatever the handler needs is away.
  readonly #countingTry = (isTaken: boolean): void => {
    if (isTaken) {
      this.#failuresInRow = 0
      this.#restsInRow = 0
      return
    }
    this.#failuresInRow += 1
    if (this.#failuresInRow < MOST_FAILURES_IN_ROW) return
    const { clock, random } = this.#options
    const restMs = redeliverAfterMs({ tries: this.#restsInRow, jitter: random.next() })
    this.#restsInRow += 1
    this.#restUntilMs = clock.monotonicMs() + restMs
  }
}
