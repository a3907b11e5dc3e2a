import { realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { ConfigError, type InputPlace } from '@halfrate/core'
import type { SourceFile } from '@halfrate/core/intake'
import { FileShelf } from './file-shelf.js'
import { fileError, unreadableFile } from './source-file.js'

/** A folder whose files a program's requests may name, and none beside it. */
export class FilesFolder {
  readonly #folder: string
  #opened: Promise<{ readonly root: string; readonly shelf: FileShelf }> | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * The file at a path.
   *
   * @throws {InvalidInputError} when it leads out of the folder, can't be read, or is none of what a block can hold.
   * @throws {ConfigError} when there is no such folder.
   */
  async read(path: string, place: InputPlace): Promise<SourceFile> {
    this.#opened ??= this.#open()
    const { root, shelf } = await this.#opened
    const name = JSON.stringify(path)
    // By what links lead to, so that none of them leads out.
    const full = await realpath(resolve(root, path)).catch((error: NodeJS.ErrnoException) => {
      throw unreadableFile(error, name, place)
    })
    if (full.startsWith(root.endsWith(sep) ? root : root + sep)) return shelf.read(full, place)
    throw fileError(place, 'file_outside', {
      problem: `expected a path within filesFrom, got ${name}, which leads out of it.`,
      hint: 'Name a folder above it as filesFrom, or give the bytes.',
    })
  }

  async #open(): Promise<{ readonly root: string; readonly shelf: FileShelf }> {
    const root = await realpath(this.#folder).catch((cause: NodeJS.ErrnoException) => {
      throw new ConfigError(
        `filesFrom: expected a folder, got ${JSON.stringify(this.#folder)}, which can't be opened (${cause.code}).`,
        'Correct the path. Nothing was stored.',
        { cause },
      )
    })
    return { root, shelf: new FileShelf(root) }
  }
}
