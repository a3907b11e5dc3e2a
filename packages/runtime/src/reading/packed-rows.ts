import type { AcceptedRow, BlobBytes } from '@halfrate/core/intake'

/** Rows on their way from one thread to another: few objects, however many rows. */
export interface PackedRows {
  readonly keys: readonly string[]
  /** Eight a row: row, length of the body, item bytes, most tokens, deadline, and the numbers of prefix, lane, model. */
  readonly figures: Float64Array<ArrayBuffer>
  /** For each row its key's hash, its params' hash and its body. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Whether prefixes and names are numbered anew from this pack on. */
  readonly isAnew: boolean
  /** Prefixes that no pack before this one had. */
  readonly prefixes: readonly NonNullable<AcceptedRow['prefix']>[]
  /** Files that no pack before this one had. */
  readonly blobs: readonly BlobBytes[]
  /** For each row the numbers of its files; null when no row has any. */
  readonly blobsOf: readonly (readonly number[])[] | null
  /** Lanes and models that no pack before this one had. */
  readonly names: readonly string[]
  /** Null when no row has any. */
  readonly labels: readonly AcceptedRow['labels'][] | null
}

const FIGURES = 8
// Memory must stay flat, also for an input in which every request has a prefix of its own.
const MOST_KNOWN = 1_000
const MOST_KNOWN_BYTES = 4 * 1024 * 1024
const MOST_KNOWN_BLOB_BYTES = 32_000_000
const HASH_BYTES = 16

/** Packs the rows of one input, pack by pack, in their order. */
export class RowPacker {
  readonly #prefixes = new Map<AcceptedRow['prefix'], number>()
  readonly #names = new Map<string, number>()
  readonly #blobs = new Map<BlobBytes, number>()
  #knownBytes = 0
  #knownBlobBytes = 0

  /** The next rows of the input. Its bytes and figures may be given away to another thread. */
  pack(rows: readonly AcceptedRow[]): PackedRows {
    const isAnew = this.#forget()
    const prefixes: NonNullable<AcceptedRow['prefix']>[] = []
    const names: string[] = []
    const blobs: BlobBytes[] = []
    const blobsOf = rows.map((row) =>
      (row.blobs ?? []).map((blob) => numberOf(this.#blobs, blob, blobs)),
    )
    const figures = new Float64Array(rows.length * FIGURES)
    let size = 0
    for (const [index, row] of rows.entries()) {
      size += 2 * HASH_BYTES + row.body.length
      figures.set(
        [
          row.row ?? Number.NaN,
          row.body.length,
          row.itemBytes,
          row.maxTokens,
          row.deadlineAt ?? Number.NaN,
          row.prefix === null ? -1 : numberOf(this.#prefixes, row.prefix, prefixes),
          numberOf(this.#names, row.lane, names),
          numberOf(this.#names, row.model, names),
        ],
        index * FIGURES,
      )
    }
    for (const prefix of prefixes) this.#knownBytes += prefix.bytes.length
    for (const blob of blobs) this.#knownBlobBytes += blob.bytes.length
    return {
      isAnew,
      keys: rows.map((row) => row.key),
      figures,
      bytes: bytesOf(rows, size),
      prefixes,
      blobs,
      blobsOf: blobsOf.every((own) => own.length === 0) ? null : blobsOf,
      names,
      labels: rows.every((row) => row.labels === null) ? null : rows.map((row) => row.labels),
    }
  }

  #forget(): boolean {
    const known = this.#prefixes.size + this.#names.size + this.#blobs.size
    const isSmall = this.#knownBytes < MOST_KNOWN_BYTES
    if (known < MOST_KNOWN && isSmall && this.#knownBlobBytes < MOST_KNOWN_BLOB_BYTES) return false
    this.#blobs.clear()
    this.#knownBlobBytes = 0
    this.#prefixes.clear()
    this.#names.clear()
    this.#knownBytes = 0
    return true
  }
}

function numberOf<T>(known: Map<T | null, number>, value: T, added: T[]): number {
  const there = known.get(value)
  if (there !== undefined) return there
  const number = known.size
  known.set(value, number)
  added.push(value)
  return number
}

function bytesOf(rows: readonly AcceptedRow[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const { keyHash, paramsHash, body } of rows) {
    bytes.set(keyHash, at)
    bytes.set(paramsHash, at + HASH_BYTES)
    bytes.set(body, at + 2 * HASH_BYTES)
    at += 2 * HASH_BYTES + body.length
  }
  return bytes
}

/** Unpacks what one {@link RowPacker} has packed, in the same order. Rows are views of their pack's bytes. */
export class RowUnpacker {
  readonly #prefixes: NonNullable<AcceptedRow['prefix']>[] = []
  readonly #names: string[] = []
  readonly #blobs: BlobBytes[] = []

  /** The rows of the next pack. */
  unpack(packed: PackedRows): readonly AcceptedRow[] {
    const { isAnew, keys, figures, bytes, prefixes, names, labels, blobs, blobsOf } = packed
    if (isAnew) {
      this.#prefixes.length = 0
      this.#names.length = 0
      this.#blobs.length = 0
    }
    this.#prefixes.push(...prefixes)
    this.#names.push(...names)
    this.#blobs.push(...blobs)
    let at = 0
    return keys.map((key, index) => {
      const from = index * FIGURES
      const paramsHashAt = at + HASH_BYTES
      const bodyAt = paramsHashAt + HASH_BYTES
      const keyHashAt = at
      at = bodyAt + (figures[from + 1] ?? 0)
      return {
        key,
        keyHash: bytes.subarray(keyHashAt, paramsHashAt),
        row: numberOrNull(figures[from]),
        paramsHash: bytes.subarray(paramsHashAt, bodyAt),
        body: bytes.subarray(bodyAt, at),
        ...this.#blobsAt(blobsOf?.[index] ?? []),
        prefix: this.#prefixes[figures[from + 5] ?? -1] ?? null,
        itemBytes: figures[from + 2] ?? 0,
        lane: this.#names[figures[from + 6] ?? 0] ?? '',
        model: this.#names[figures[from + 7] ?? 0] ?? '',
        maxTokens: figures[from + 3] ?? 0,
        deadlineAt: numberOrNull(figures[from + 4]),
        labels: labels?.[index] ?? null,
      }
    })
  }

  #blobsAt(numbers: readonly number[]): Pick<AcceptedRow, 'blobs'> {
    if (numbers.length === 0) return {}
    return { blobs: numbers.flatMap((number) => this.#blobs[number] ?? []) }
  }
}

function numberOrNull(figure: number | undefined): number | null {
  return figure === undefined || Number.isNaN(figure) ? null : figure
}
