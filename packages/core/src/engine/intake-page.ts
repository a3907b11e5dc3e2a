import type { IntakeRow, PrefixBytes } from '../ports/store-intake.js'

/** Bytes after which a page is full, however few rows it has: a page of large requests must not hold the store up. */
const MAX_PAGE_BYTES = 16_777_216

/** Rows on their way to the store. */
export class IntakePage {
  readonly #pageLimit: number
  #rows: IntakeRow[] = []
  #bytes = 0
  #prefix: PrefixBytes | null = null
  readonly #files = new Set<Uint8Array>()

  /** @param pageLimit most rows, from the store's traits. */
  constructor(pageLimit: number) {
    this.#pageLimit = pageLimit
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  /** Adds a row; true when the page must go to the store before the next one. */
  add(row: IntakeRow): boolean {
    this.#rows.push(row)
    this.#bytes += row.body.length
    if (row.prefix !== null && row.prefix !== this.#prefix) this.#bytes += row.prefix.bytes.length
    this.#prefix = row.prefix
    for (const { bytes } of row.blobs ?? []) {
      // Rows of one file share its bytes.
      if (!this.#files.has(bytes)) this.#bytes += bytes.length
      this.#files.add(bytes)
    }
    return this.#rows.length >= this.#pageLimit || this.#bytes >= MAX_PAGE_BYTES
  }

  /** Empties the page and gives what was in it. */
  take(): readonly IntakeRow[] {
    const rows = this.#rows
    this.#rows = []
    this.#bytes = 0
    this.#prefix = null
    this.#files.clear()
    return rows
  }
}
