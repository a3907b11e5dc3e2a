/**
 * Keeps outages within their bounds: what begins at one instant may go on for so long, and not begin anew before
 * something came through.
 */
export class Outages {
  readonly #longestMs: number
  readonly #since = new Map<string, number>()

  constructor(longestMs: number) {
    this.#longestMs = longestMs
  }

  /** Whether this subject may be out at this instant too. */
  mayStrike(subject: string, now: number): boolean {
    const since = this.#since.get(subject)
    return since === undefined || now - since < this.#longestMs
  }

  /** Notes that it was out. */
  struck(subject: string, now: number): void {
    if (!this.#since.has(subject)) this.#since.set(subject, now)
  }

  /** Notes that something came through. */
  healed(subject: string): void {
    this.#since.delete(subject)
  }
}
