import { closeSync, openSync, readSync, statSync, write, writeSync } from 'node:fs'
import { ConfigError } from '@halfrate/core'
import type { CallRecord } from './call-record.js'
import { DropCount } from './drop-count.js'

/** How a {@link JsonlSink} writes. */
export interface JsonlSinkOptions {
  /** How much may wait for the disk before records are dropped. Bytes; default 1 MiB, at least 1. */
  readonly maxBufferBytes?: number | undefined
  /** Told once of the first thing that kept a record from being written. */
  readonly onError?: ((error: unknown) => unknown) | undefined
}

const USUAL_BUFFER = 1_048_576
// One write of the system each: small enough to be done at once when the process ends.
const MOST_PIECE = 65_536

/** Appends records to a file, a line of JSON each. */
export function jsonlSink(path: string, options: JsonlSinkOptions = {}): JsonlSink {
  return new JsonlSink(path, options)
}

/**
 * Appends records to a file without holding up the program: lines wait in a buffer with a bound, and what does not fit, since
 * the disk is slow or full, is dropped and counted.
 *
 * A program that ends by itself, or by `process.exit()`, leaves nothing in the buffer; a signal that nobody handles does.
 */
export class JsonlSink implements AsyncDisposable {
  readonly #path: string
  readonly #most: number
  readonly #drops: DropCount
  readonly #atExit = (): void => this.#writeRest()
  #file: number | null = null
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #isWriting = false
  // A line was cut off: the next one begins on a line of its own.
  #isTorn = false
  #isClosed = false
  #idle: (() => void)[] = []

  /** @throws {ConfigError} when an option can't be. The file itself is opened by the first record. */
  constructor(path: string, options: JsonlSinkOptions = {}) {
    const { maxBufferBytes = USUAL_BUFFER, onError = () => undefined } = options
    if (!Number.isSafeInteger(maxBufferBytes) || maxBufferBytes < 1) {
      throw new ConfigError(
        `maxBufferBytes: expected a whole number from 1, got ${maxBufferBytes}.`,
        'Leave it out for 1 MiB.',
      )
    }
    this.#path = path
    this.#most = maxBufferBytes
    this.#drops = new DropCount(onError)
    process.on('exit', this.#atExit)
  }

  /** How many records were not written. */
  get dropped(): number {
    return this.#drops.count
  }

  /** Takes a record; returns at once. After {@link close} it is dropped. */
  write(call: CallRecord): void {
    const line = Buffer.from(`${JSON.stringify(call)}\n`)
    if (this.#isClosed || this.#waitingBytes + line.length > this.#most) {
      const why = this.#isClosed ? 'it is closed' : 'the disk is slower than the calls'
      this.#drops.add(
        1,
        new ConfigError(`${this.#path}: a record was dropped, since ${why}.`, NEXT),
      )
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += line.length
    if (!this.#isWriting) this.#writeNext()
  }

  /** Waits until what was taken so far is written or dropped. */
  flush(): Promise<void> {
    if (!this.#isWriting) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** Writes what is there, and takes nothing more. May be called again. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.flush()
    process.off('exit', this.#atExit)
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #writeNext(): void {
    const lines = this.#take()
    this.#isWriting = lines.length > 0
    if (lines.length === 0) {
      for (const wake of this.#idle.splice(0)) wake()
      return
    }
    const file = this.#opened(lines.length)
    const piece = this.#pieceOf(lines)
    // Nothing is written within the call of whoever brings a record.
    if (file === null) setImmediate(() => this.#writeNext())
    else this.#writePiece(file, piece, lines.length)
  }

  #writePiece(file: number, piece: Buffer, lines: number): void {
    write(file, piece, (error, written) => {
      if (error === null && written < piece.length) {
        this.#isTorn = true
        this.#writePiece(file, piece.subarray(written), lines)
        return
      }
      if (error === null) this.#isTorn = false
      else this.#drops.add(lines, error)
      this.#writeNext()
    })
  }

  #writeRest(): void {
    for (let lines = this.#take(); lines.length > 0; lines = this.#take()) {
      const file = this.#opened(lines.length)
      if (file === null) continue
      try {
        const piece = this.#pieceOf(lines)
        for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at)
        this.#isTorn = false
      } catch (error) {
        this.#drops.add(lines.length, error)
      }
    }
  }

  #take(): readonly Buffer[] {
    let bytes = 0
    const over = this.#waiting.findIndex((line, index) => {
      bytes += line.length
      return index > 0 && bytes > MOST_PIECE
    })
    const lines = this.#waiting.splice(0, over === -1 ? this.#waiting.length : over)
    this.#waitingBytes -= lines.reduce((sum, line) => sum + line.length, 0)
    return lines
  }

  #pieceOf(lines: readonly Buffer[]): Buffer {
    return Buffer.concat(this.#isTorn ? [Buffer.from('\n'), ...lines] : lines)
  }

  #opened(lines: number): number | null {
    try {
      if (this.#file === null) {
        // A program that was killed while it wrote has left part of a line.
        this.#isTorn = !endsLine(this.#path)
        this.#file = openSync(this.#path, 'a')
      }
      return this.#file
    } catch (error) {
      this.#drops.add(lines, error)
      return null
    }
  }
}

const LINE_FEED = 0x0a

// What can't be read, or is no file, has no end to look at.
function endsLine(path: string): boolean {
  try {
    const stats = statSync(path)
    if (!stats.isFile() || stats.size === 0) return true
    const file = openSync(path, 'r')
    const last = Buffer.alloc(1)
    try {
      return readSync(file, last, 0, 1, stats.size - 1) === 0 || last[0] === LINE_FEED
    } finally {
      closeSync(file)
    }
  } catch {
    return true
  }
}

const NEXT = 'Look at the disk, or give it a larger maxBufferBytes.'
