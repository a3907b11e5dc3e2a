/** Something that must never happen, and did. */
export interface Violation {
  readonly invariant: string
  readonly message: string
  /** Virtual time, epoch milliseconds. */
  readonly at: number
}

/** What was found to be broken, in the order in which it was. */
export class Violations {
  readonly #found: Violation[] = []
  readonly #now: () => number
  readonly #doubts: Violation[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  get any(): boolean {
    return this.#found.length > 0
  }

  get all(): readonly Violation[] {
    return this.#found
  }

  /** Notes what must never happen while the published assumptions hold; whether they did is known at the end. */
  addIfWithin(invariant: string, message: string): void {
    this.#doubts.push({ invariant, message, at: this.#now() })
  }

  /** Takes what was noted under the assumptions for found. */
  confirm(): void {
    this.#found.push(...this.#doubts.splice(0))
  }

  add(invariant: string, message: string): void {
    this.#found.push({ invariant, message, at: this.#now() })
  }
}
