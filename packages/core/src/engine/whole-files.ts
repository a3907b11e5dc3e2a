/** Files that are remembered at once: a few megabytes, and more than most stores have. */
const MOST = 20_000

/**
 * Files that this worker has found whole, so that one which many batches have is not read for each of them. The oldest are
 * forgotten when there are too many, and looked at again.
 */
export class WholeFiles {
  readonly #names = new Set<string>()
  #isInDoubt = false
  #isRecalled = false

  /** Whether it is known what the worker before this one was in doubt about. */
  get isRecalled(): boolean {
    return this.#isRecalled
  }

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

  /** Takes over the doubt of the worker before, or that there was none. */
  recall(isInDoubt: boolean): void {
    this.#isRecalled = true
    if (isInDoubt) this.doubt()
  }

  /** Every member of a batch was looked at. */
  settle(): void {
    this.#isInDoubt = false
  }
}
