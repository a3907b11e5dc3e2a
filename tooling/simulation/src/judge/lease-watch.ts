import type { ClaimResult, Fence } from '@halfrate/core'
import type { Violations } from './violation.js'

/** Watches that epochs only rise and that nothing is written under an older one. I10. */
export class LeaseWatch {
  readonly #violations: Violations
  readonly #newest = new Map<string, number>()
  #highest = 0

  constructor(violations: Violations) {
    this.#violations = violations
  }

  /** Forgets who has what: the store is another one. Epochs still only rise. */
  restart(): void {
    this.#newest.clear()
  }

  /** The newest epoch of a resource; 0 when it was never claimed. */
  epochOf(resource: string): number {
    return this.#newest.get(resource) ?? 0
  }

  /** Looks at what a claim gave out. */
  claimed({ leases }: ClaimResult): void {
    for (const { resource, epoch } of leases) {
      if (epoch <= this.#highest) {
        this.#violations.add('I10', `${resource} got epoch ${epoch}, not above ${this.#highest}.`)
      }
      this.#highest = Math.max(this.#highest, epoch)
      this.#newest.set(resource, epoch)
    }
  }

  /** Looks at a fenced write that took effect. */
  wrote(call: string, fence: Fence): void {
    const newest = this.epochOf(fence.resource)
    if (fence.epoch === newest) return
    this.#violations.add(
      'I10',
      `${call} wrote to ${fence.resource} with epoch ${fence.epoch}; the newest is ${newest}.`,
    )
  }
}
