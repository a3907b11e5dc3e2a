import type { EpochMs } from '../model/time.js'
import type { Fence, Lease } from '../ports/store-leases.js'
import type { EngineContext } from './context.js'

/** What keeping a lease needs. */
export type LeaseContext = Pick<EngineContext, 'store' | 'clock' | 'settings'>

/**
 * A lease that a step holds, prolonged while the step is long.
 *
 * The local trust window is measured on the monotonic clock from before the claim was asked, so it never outlives
 * the store's; the store's epoch check is what really fences.
 */
export class HeldLease {
  readonly #context: LeaseContext
  #lease: Lease
  #renewAtMs: number
  /** The same by the clock that also counts while the machine sleeps. */
  #renewAt: EpochMs

  constructor(context: LeaseContext, lease: Lease, claimedAtMs: number) {
    this.#context = context
    this.#lease = lease
    this.#renewAtMs = claimedAtMs + context.settings.leaseMs / 3
    this.#renewAt = context.clock.now() + context.settings.leaseMs / 3
  }

  get resource(): string {
    return this.#lease.resource
  }

  get fence(): Fence {
    return { resource: this.#lease.resource, epoch: this.#lease.epoch }
  }

  get expiresAt(): EpochMs {
    return this.#lease.expiresAt
  }

  /**
   * Prolongs the lease when a third of it has passed. Called between pages.
   *
   * @throws {LeaseLostError} when somebody else holds it.
   */
  async keep(): Promise<void> {
    const { clock, settings } = this.#context
    if (clock.monotonicMs() >= this.#renewAtMs || clock.now() >= this.#renewAt) {
      await this.extend(settings.leaseMs)
    }
  }

  /**
   * Prolongs the lease now, for the given time.
   *
   * @throws {LeaseLostError} when somebody else holds it.
   */
  async extend(leaseMs: number): Promise<void> {
    const { clock, settings, store } = this.#context
    const asked = { atMs: clock.monotonicMs(), at: clock.now() }
    this.#lease = await store.renew({ fence: this.fence, leaseMs })
    this.#renewAtMs = asked.atMs + settings.leaseMs / 3
    this.#renewAt = asked.at + settings.leaseMs / 3
  }

  /** Gives it back. */
  async release(): Promise<void> {
    await this.#context.store.release({ fence: this.fence })
  }
}
