/** Files that are remembered at once: a few megabytes, and more than most stores have. */
const MOST = 20_000

/**
 * Files that this worker has found whole, so that one which many batches have is not read for each of them. The oldest are
 * forgotten when there are too many, and looked at again.
 */
export class WholeFiles {
  readonly #names = new Set<string>()
  #isInDoubt = false

  /** Whether a file was not whole while it was sent: then the next look is at every member, whatever the store says of it. */
  get isInDoubt(): boolean {
    return this.#isInDoubt
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  add(name: string): void {
    const [oldest] = this.#names
    if (oldest !== undefined && this.#names.size >= MOST) this.#names.delete(oldest)
    this.#names.add(name)
  }

  /** Believes nothing any more. */
  doubt(): void {
    this.#names.clear()
    this.#isInDoubt = true
  }

  /** Every member of a batch was looked at. */
  settle(): void {
    this.#isInDoubt = false
  }
}
