import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { OutputError } from '@halfrate/core'

const FLUSH_BYTES = 1 << 20

/** Where a line stands in a {@link Spool}. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/**
 * Lines kept on disk while they are put in order, however many they are. The file has no name any more from the moment it
 * is open and only this user can read it, so that nothing of it is left, however this process ends.
 */
export class Spool {
  readonly #handle: FileHandle
  readonly #folder: string
  #held: Uint8Array[] = []
  #heldBytes = 0
  #flushedBytes = 0

  private constructor(handle: FileHandle, folder: string) {
    this.#handle = handle
    this.#folder = folder
  }

  /**
   * Opens an empty one.
   *
   * @param besidePath path beside which the file stands.
   * @throws {OutputError} here and in its calls, when the disk can't take it.
   */
  static async open(besidePath: string): Promise<Spool> {
    const path = `${besidePath}.${process.pid}.salvage`
    const folder = dirname(besidePath)
    try {
      const handle = await open(path, 'wx+', 0o600)
      await rm(path)
      return new Spool(handle, folder)
    } catch (error) {
      throw notKept(folder, error as NodeJS.ErrnoException)
    }
  }

  /** Keeps a line. */
  async add(line: Uint8Array): Promise<Place> {
    const place = { offset: this.#flushedBytes + this.#heldBytes, length: line.length }
    // Its bytes are a piece of a buffer that is read into again.
    this.#held.push(new Uint8Array(line))
    this.#heldBytes += line.length
    if (this.#heldBytes >= FLUSH_BYTES) await this.flush()
    return place
  }

  /** Writes what is held; asked before anything is read. */
  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    try {
      for (let at = 0; at < bytes.length; ) {
        at += (await this.#handle.write(bytes, at)).bytesWritten
      }
    } catch (error) {
      throw notKept(this.#folder, error as NodeJS.ErrnoException)
    }
    this.#flushedBytes += bytes.length
  }

  /** A line that was kept. */
  async read({ offset, length }: Place): Promise<Uint8Array> {
    const line = Buffer.alloc(length)
    for (let at = 0; at < length; ) {
      const { bytesRead } = await this.#handle.read(line, at, length - at, offset + at)
      if (bytesRead === 0) throw notKept(this.#folder, new RangeError('it is shorter than it was'))
      at += bytesRead
    }
    return line
  }

  /** Gives the room back. */
  async close(): Promise<void> {
    await this.#handle.close()
  }
}

function notKept(folder: string, cause: Error): OutputError {
  return new OutputError(
    `results can't be kept in ${folder} while they are put in order: ${cause.message}.`,
    'Make room there, or name an output in another folder with -o. Nothing was changed.',
    { cause },
  )
}
