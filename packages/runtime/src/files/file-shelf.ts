import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { resolve } from 'node:path'
import { type InputPlace, InvalidInputError } from '@halfrate/core'
import type { SourceFile } from '@halfrate/core/intake'
import { checkSize, fileError, sourceFile, unreadableFile } from './source-file.js'

interface Kept {
  readonly file: SourceFile
  /** What tells whether it is still the same on the disk. */
  readonly state: string
}

// Room for the largest, and for many small ones that row after row names.
const MOST_KEPT_BYTES = 32_000_000

// A pipe without a writer would be waited for, and nothing could end that.
const AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * Reads the files that rows name, relative to one folder.
 *
 * The newest are kept, so that a file which many rows name is read once; their bytes are one object then, by which a
 * page of rows knows that they are the same.
 */
export class FileShelf {
  readonly #folder: string
  readonly #kept = new Map<string, Kept>()
  #keptBytes = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * The file at a path.
   *
   * @param place where it is named, for errors.
   * @throws {InvalidInputError} when it can't be read, or is none of what a block can hold.
   */
  read(path: string, place: InputPlace): SourceFile {
    const full = resolve(this.#folder, path)
    const name = JSON.stringify(path)
    try {
      const handle = openSync(full, AT_ONCE)
      try {
        return this.#readOpen(handle, { full, name, place })
      } finally {
        closeSync(handle)
      }
    } catch (error) {
      if (error instanceof InvalidInputError) throw error
      throw unreadableFile(error as NodeJS.ErrnoException, name, place)
    }
  }

  #readOpen(
    handle: number,
    { full, name, place }: { full: string; name: string; place: InputPlace },
  ): SourceFile {
    const stats = fstatSync(handle)
    if (!stats.isFile()) {
      throw fileError(place, 'file_unreadable', { problem: `${name} is no file.` })
    }
    const state = stateOf(stats)
    const kept = this.#kept.get(full)
    if (kept?.state === state) return kept.file
    checkSize(stats.size, name, place)
    const file = sourceFile(readFileSync(handle), name, place)
    this.#keep(full, { file, state })
    return file
  }

  #keep(path: string, kept: Kept): void {
    this.#forget(path)
    this.#kept.set(path, kept)
    this.#keptBytes += kept.file.bytes.length
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= MOST_KEPT_BYTES) break
      this.#forget(oldest)
    }
  }

  #forget(path: string): void {
    this.#keptBytes -= this.#kept.get(path)?.file.bytes.length ?? 0
    this.#kept.delete(path)
  }
}

function stateOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ')
}
