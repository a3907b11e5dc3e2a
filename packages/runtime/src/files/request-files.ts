import type { InputPlace } from '@halfrate/core'
import type { SourceFile } from '@halfrate/core/intake'
import { fileError, MOST_FILE_BYTES } from './source-file.js'

/** The files of one request by their paths. No more of them are read than a message can hold. */
export class RequestFiles {
  readonly #byPath = new Map<string, SourceFile>()
  readonly #place: InputPlace
  #bytes = 0

  constructor(place: InputPlace) {
    this.#place = place
  }

  /** What was added so far. */
  get byPath(): ReadonlyMap<string, SourceFile> {
    return this.#byPath
  }

  /**
   * Adds a file; one that is there already costs nothing.
   *
   * @throws {InvalidInputError} when they are more together than a message can hold.
   */
  add(path: string, file: SourceFile): void {
    if (this.#byPath.has(path)) return
    this.#bytes += file.bytes.length
    this.#byPath.set(path, file)
    if (this.#bytes <= MOST_FILE_BYTES) return
    const most = MOST_FILE_BYTES.toLocaleString('en-US')
    const count = this.#byPath.size
    throw fileError(this.#place, 'file_too_large', {
      problem: `expected files of at most ${most} bytes together, got ${this.#bytes.toLocaleString('en-US')} with the first ${count} of them.`,
      hint: 'The provider takes no message above 32 MB, and base64 is a third longer than the files. Send them as several requests.',
    })
  }
}
