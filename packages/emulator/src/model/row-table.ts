/**
 * The columns of a {@link RowTable}. `cacheA` to `cacheC` hold the prefix (hash low, hash high,
 * tokens) while a batch is uploaded, and afterwards the tokens written for 5 minutes, written for
 * an hour, and read.
 */
export const COLUMN = {
  offset: 0,
  idBytes: 1,
  bodyBytes: 2,
  kind: 3,
  flags: 4,
  model: 5,
  progress: 6,
  inputTokens: 7,
  cacheA: 8,
  cacheB: 9,
  cacheC: 10,
  outputTokens: 11,
  characters: 12,
} as const

/** Number of a column of {@link COLUMN}. */
export type Column = (typeof COLUMN)[keyof typeof COLUMN]

const STRIDE = 13

/** What a row was planned to be. `message` has its own JSON body, `synthetic` is rendered from a few numbers. */
export const ROW_KIND = { synthetic: 0, message: 1, errored: 2, expired: 3 } as const

/** Facts of a row in one bit each. `held`: the row is never processed and expires. `refused`: no batch with it is taken. */
export const ROW_FLAG = {
  held: 1,
  usGeo: 2,
  oneHour: 4,
  cutOff: 8,
  hasPrefix: 16,
  refused: 32,
} as const

/** The number columns and texts of one row, as they are appended. */
export interface RowValues {
  readonly customId: string
  /** Lead of the document, JSON of the message, or JSON of the error: by kind. */
  readonly body: string
  readonly kind: number
  readonly flags: number
  readonly model: number
  /** When in the run of its batch the row is processed, as a fraction of 2^32. */
  readonly progress: number
  readonly inputTokens: number
  readonly prefixLow: number
  readonly prefixHigh: number
  readonly prefixTokens: number
  readonly outputTokens: number
  readonly characters: number
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * The rows of one batch in two flat buffers, about 150 bytes a row.
 *
 * An object for each row would cost several times that, and an emulator that ran ten million rows
 * would spend its time marking them.
 */
export class RowTable {
  #numbers = new Uint32Array(STRIDE * 4)
  #bytes = new Uint8Array(512)
  #byteLength = 0
  #length = 0

  /** Rows so far. */
  get length(): number {
    return this.#length
  }

  /** Adds a row at the end. */
  append(row: RowValues): void {
    const at = this.#length * STRIDE
    if (at + STRIDE > this.#numbers.length) {
      this.#numbers = enlarged(this.#numbers, new Uint32Array(this.#numbers.length * 2))
    }
    const numbers = this.#numbers
    numbers[at + COLUMN.offset] = this.#byteLength
    numbers[at + COLUMN.idBytes] = this.#write(row.customId)
    numbers[at + COLUMN.bodyBytes] = this.#write(row.body)
    numbers[at + COLUMN.kind] = row.kind
    numbers[at + COLUMN.flags] = row.flags
    numbers[at + COLUMN.model] = row.model
    numbers[at + COLUMN.progress] = row.progress
    numbers[at + COLUMN.inputTokens] = row.inputTokens
    numbers[at + COLUMN.cacheA] = row.prefixLow
    numbers[at + COLUMN.cacheB] = row.prefixHigh
    numbers[at + COLUMN.cacheC] = row.prefixTokens
    numbers[at + COLUMN.outputTokens] = row.outputTokens
    numbers[at + COLUMN.characters] = row.characters
    this.#length++
  }

  /** Gives back the room that growth has left over. Call it once, when no more rows come. */
  trim(): void {
    this.#numbers = this.#numbers.slice(0, this.#length * STRIDE)
    this.#bytes = this.#bytes.slice(0, this.#byteLength)
  }

  /** One number of a row. */
  get(row: number, column: Column): number {
    return this.#numbers[row * STRIDE + column] ?? 0
  }

  /** Replaces one number of a row. */
  set(row: number, column: Column, value: number): void {
    this.#numbers[row * STRIDE + column] = value
  }

  /** Whether a row has a flag of {@link ROW_FLAG}. */
  has(row: number, flag: number): boolean {
    return (this.get(row, COLUMN.flags) & flag) !== 0
  }

  /** The custom id of a row. */
  customId(row: number): string {
    const start = this.get(row, COLUMN.offset)
    return decoder.decode(this.#bytes.subarray(start, start + this.get(row, COLUMN.idBytes)))
  }

  /** The text body of a row. */
  body(row: number): string {
    const start = this.get(row, COLUMN.offset) + this.get(row, COLUMN.idBytes)
    return decoder.decode(this.#bytes.subarray(start, start + this.get(row, COLUMN.bodyBytes)))
  }

  #write(text: string): number {
    const worst = this.#byteLength + text.length * 3
    if (worst > this.#bytes.length) {
      const room = Math.max(worst, this.#bytes.length * 2)
      this.#bytes = enlarged(this.#bytes, new Uint8Array(room))
    }
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#byteLength))
    this.#byteLength += written
    return written
  }
}

function enlarged<Numbers extends Uint32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}
