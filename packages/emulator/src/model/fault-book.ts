import type { FaultByOp, FaultHandle, FaultOp, FaultTiming, RowFault } from './fault.js'
import { checkFault } from './fault-schema.js'
import { SeededRandom } from './seeded-random.js'

interface Entry {
  readonly fault: FaultTiming
  readonly random: SeededRandom
  seen: number
  fired: number
}

/** The faults that are scripted, and whose turn it is. Each fault draws from a stream of its own. */
export class FaultBook {
  readonly #entries = new Map<FaultOp, Entry[]>()
  readonly #fired = new Map<FaultOp, number>()
  readonly #seed: number
  #added = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /**
   * Scripts a fault. If several strike at one call, the one scripted first does.
   *
   * @throws {InvalidFaultError} when a member is unknown or out of range.
   */
  add<Op extends FaultOp>(op: Op, fault: FaultByOp[Op]): FaultHandle {
    const random = new SeededRandom(this.#seed * 1_000 + ++this.#added)
    const entry: Entry = { fault: { ...checkFault(op, fault) }, random, seen: 0, fired: 0 }
    const entries = this.#entries.get(op) ?? []
    entries.push(entry)
    this.#entries.set(op, entries)
    return {
      get fired(): number {
        return entry.fired
      },
      remove: () => {
        this.#entries.set(
          op,
          (this.#entries.get(op) ?? []).filter((other) => other !== entry),
        )
      },
    }
  }

  /** The fault that strikes at this call, if any. Every call counts for every fault of its operation that fits it. */
  next<Op extends FaultOp>(
    op: Op,
    fits: (fault: FaultByOp[Op]) => boolean = () => true,
  ): FaultByOp[Op] | null {
    let striking: Entry | null = null
    for (const entry of this.#entries.get(op) ?? []) {
      if (!fits(entry.fault as FaultByOp[Op])) continue
      entry.seen++
      if (striking === null && isDue(entry)) striking = entry
    }
    if (striking === null) return null
    striking.fired++
    this.#fired.set(op, (this.#fired.get(op) ?? 0) + 1)
    return striking.fault as FaultByOp[Op]
  }

  /** The fault that strikes at a row with these params, if any. */
  nextRow(params: unknown): RowFault | null {
    const fits = ({ containing }: RowFault): boolean =>
      containing === undefined || JSON.stringify(params).includes(containing)
    return this.next('row', fits)
  }

  /** Takes away all faults, or those of one operation. */
  clear(op?: FaultOp): void {
    if (op === undefined) this.#entries.clear()
    else this.#entries.delete(op)
  }

  /** Strikes so far by operation, those of removed faults included. */
  fired(): Readonly<Partial<Record<FaultOp, number>>> {
    return Object.fromEntries(this.#fired)
  }
}

function isDue(entry: Entry): boolean {
  const { times, afterTimes = 0, everyNth = 1, probability = 1 } = entry.fault
  const turn = entry.seen - afterTimes
  if (turn <= 0 || turn % everyNth !== 0) return false
  if (times !== undefined && entry.fired >= times) return false
  return probability >= 1 || entry.random.fraction() < probability
}
