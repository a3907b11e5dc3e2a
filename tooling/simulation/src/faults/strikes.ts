import { ConfigError } from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import { FAULT_KINDS, type FaultKind } from './fault-kind.js'

const SAME = { factor: 1, most: 1 }

/**
 * Says when a fault strikes, and leaves out those that a replay is to go without: a kind by its name, one strike of it
 * as `kind#3`. What is left out is drawn all the same, so that everything before it goes as it went.
 */
export class Strikes {
  readonly #without: ReadonlySet<string>
  readonly #counts = new Map<FaultKind, number>()
  #rates: ReadonlyMap<FaultKind, number>

  /** @throws {ConfigError} when what is left out is no kind of fault. */
  constructor(rates: ReadonlyMap<FaultKind, number>, without: readonly string[]) {
    this.#rates = rates
    this.#without = new Set(without)
    for (const name of without) checkName(name)
  }

  /** Whether the kind can strike at all. */
  isOn(kind: FaultKind): boolean {
    return this.#rates.has(kind)
  }

  /** Whether it strikes now. `factor` makes that likelier, up to `most`. */
  at(
    kind: FaultKind,
    draw: Draw,
    likelier: { readonly factor: number; readonly most: number } = SAME,
  ): boolean {
    const { factor, most } = likelier
    const rate = this.#rates.get(kind)
    if (rate === undefined || !draw.chance(Math.min(most, rate * factor))) return false
    return this.counted(kind)
  }

  /** Counts a strike that was planned before the run; answers whether it is left in. */
  counted(kind: FaultKind): boolean {
    const number = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, number)
    return !this.#without.has(kind) && !this.#without.has(`${kind}#${number}`)
  }

  /** From now on nothing strikes. */
  heal(): void {
    this.#rates = new Map()
  }

  /** Strikes so far, by kind, those that were left out included. */
  get counts(): ReadonlyMap<FaultKind, number> {
    return this.#counts
  }
}

function checkName(name: string): void {
  const [kind = '', number] = name.split('#')
  const isKind = (FAULT_KINDS as readonly string[]).includes(kind)
  if (isKind && (number === undefined || /^[1-9]\d*$/.test(number))) return
  throw new ConfigError(
    `--without: ${JSON.stringify(name)} is no kind of fault.`,
    `Use a name as crash, or one strike as crash#3, of ${FAULT_KINDS.join(', ')}.`,
  )
}
