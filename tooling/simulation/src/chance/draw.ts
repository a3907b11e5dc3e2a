import { SeededRandom } from '@halfrate/emulator/model'

/** Draws of one purpose, from a seed. Two purposes never share a stream, so that one more draw here moves nothing there. */
export class Draw {
  readonly #random: SeededRandom

  constructor(seed: number, purpose: string) {
    this.#random = new SeededRandom(seed * 65_536 + hashOf(purpose))
  }

  /** A number from 0 to below 1. */
  fraction(): number {
    return this.#random.fraction()
  }

  /** A whole number between the two, both included. */
  whole(low: number, high: number): number {
    return this.#random.between(low, high)
  }

  /** True in the given share of cases. */
  chance(share: number): boolean {
    return this.#random.fraction() < share
  }

  /** A number between the two whose logarithm is spread evenly, so that small and large ones are as likely. */
  logUniform(low: number, high: number): number {
    return low * (high / low) ** this.#random.fraction()
  }

  /** {@link Draw.logUniform} in whole numbers. */
  logWhole(low: number, high: number): number {
    return Math.round(this.logUniform(low, high))
  }

  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.#random.between(0, items.length - 1)] ?? items[0]
  }

  /** 32 random bits, to seed something else. */
  bits(): number {
    return this.#random.uint32()
  }
}

function hashOf(text: string): number {
  let hash = 7
  for (let index = 0; index < text.length; index += 1) {
    hash = (hash * 31 + text.charCodeAt(index)) % 65_521
  }
  return hash
}
