/** Files that are remembered at once: a few megabytes, and more than most stores have. */
const MOST = 20_000

/**
 * Files that this worker has found whole, so that one which many batches have is not read for each of them. The oldest are
 * forgotten when there are too many, and looked at again.
 */
export class WholeFiles {
  readonly #names = new Set<string>()

  has(name: string): boolean {
    return this.#names.has(name)
  }

  add(name: string): void {
    const [oldest] = this.#names
    if (oldest !== undefined && this.#names.size >= MOST) this.#names.delete(oldest)
    this.#names.add(name)
  }

  /** Believes nothing any more: a file was not whole while it was sent. */
  doubt(): void {
    this.#names.clear()
  }
}
