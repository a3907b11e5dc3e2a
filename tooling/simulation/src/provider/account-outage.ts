import type { FaultByOp } from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'

const ERRORS = ['authentication', 'billing', 'permission', 'own_limit', 'spend_cap'] as const

const SHORTEST_MS = 60_000
const LONGEST_MS = 10_800_000

/**
 * A time in which the provider does not serve the account: no batch is taken, and with a key that it refuses no question
 * is answered either.
 */
export class AccountOutage {
  #until = 0
  #error: (typeof ERRORS)[number] = 'billing'

  /** Begins one; answers what it is, for the log. */
  begin(now: number, draw: Draw): string {
    this.#error = draw.pick(ERRORS)
    const ms = draw.logWhole(SHORTEST_MS, LONGEST_MS)
    this.#until = now + ms
    return `${this.#error} for ${ms} ms`
  }

  /** What a create call gets at this instant; null when there is no outage. */
  createFault(now: number): FaultByOp['create'] | null {
    return now < this.#until ? { error: this.#error } : null
  }

  /** What any other call gets at this instant; null when it is answered. */
  readFault(now: number): FaultByOp['retrieve'] | null {
    return now < this.#until && this.#error === 'authentication' ? { error: this.#error } : null
  }
}
