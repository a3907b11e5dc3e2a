/** One thing that went wrong, or was made to. */
export interface FaultEntry {
  readonly at: number
  readonly kind: string
  readonly detail: string
}

/** What went wrong in a run, in the order in which it did. */
export class FaultLog {
  readonly #entries: FaultEntry[] = []
  readonly #now: () => number
  #crashes = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Faults so far. */
  get count(): number {
    return this.#entries.length
  }

  /** Crashes among them. */
  get crashes(): number {
    return this.#crashes
  }

  get entries(): readonly FaultEntry[] {
    return this.#entries
  }

  add(kind: string, detail: string): void {
    if (kind === 'crash') this.#crashes += 1
    this.#entries.push({ at: this.#now(), kind, detail })
  }
}
