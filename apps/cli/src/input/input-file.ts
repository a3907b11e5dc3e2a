import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { InvalidInputError } from '@halfrate/core'

/** An input that can be read again and again from its beginning. */
export interface InputFile {
  /** How errors call it. */
  readonly path: string
  /** Device and inode: what the file is, under whatever name. */
  readonly identity: string
  /** How long it is, when it is a plain file that stands under `path`; else null. */
  readonly size: number | null
  /** Opens it for one reading. */
  readonly open: () => Promise<InputReader>
  /** Gives back what was kept for it, when anything was. */
  readonly close?: () => Promise<void>
}

/** One reading of an input. */
export interface InputReader {
  /** Fills a buffer with what stands from `position` on, and answers how many bytes that are; 0 at the end. */
  readonly read: (buffer: Uint8Array, position: number) => Promise<number>
  readonly close: () => Promise<void>
}

// Large enough that reading is not the bottleneck, small enough to stay flat.
const READ_BYTES = 1 << 18

/**
 * Looks at an input file before anything else is done.
 *
 * @throws {InvalidInputError} when it is missing, a directory, empty, or can't be read.
 */
export async function openInputFile(path: string): Promise<InputFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
  if (found.isDirectory()) {
    throw inputError(
      path,
      'is_directory',
      'expected a file, got a directory.',
      "Nothing was sent. Name a file, or documents by a pattern such as 'docs/**/*.md'.",
    )
  }
  await access(path, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
  if (!found.isFile()) {
    throw inputError(
      path,
      'not_a_file',
      'expected a file, got a pipe or a device.',
      'Nothing was sent. Name a file, or - to take standard input.',
    )
  }
  if (found.size === 0) {
    throw inputError(
      path,
      'empty_input',
      'expected at least one request, got an empty file.',
      'Nothing was sent. Put one request on each line: {"key": "…", "params": {…}}.',
    )
  }
  const { size } = found
  return { path, identity: identityOf(found), size, open: async () => readerOf(await open(path)) }
}

/**
 * The bytes of the file, piece by piece, in memory of constant size. A piece is good until the next one is asked for.
 *
 * Two buffers take turns, one being read into while the other is worked on: a stream makes a new one for each piece, and
 * the collector is in no hurry to take those back.
 */
export async function* readPieces(input: InputFile): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = await input.open()
  const buffers: [Buffer, Buffer] = [Buffer.allocUnsafe(READ_BYTES), Buffer.allocUnsafe(READ_BYTES)]
  let position = 0
  let next = reader.read(buffers[0], position)
  try {
    for (;;) {
      const bytesRead = await next
      if (bytesRead === 0) return
      const piece = buffers[0].subarray(0, bytesRead)
      position += bytesRead
      buffers.reverse()
      next = reader.read(buffers[0], position)
      yield piece
    }
  } finally {
    // Whoever stops early must not close the file under a read.
    await next.catch(() => undefined)
    await reader.close()
  }
}

/** Device and inode of a file: what it is, under whatever name. */
export function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`
}

/** A reading of an open file, which ends with it. */
export function readerOf(handle: FileHandle): InputReader {
  return {
    read: async (buffer, position) =>
      (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
    close: () => handle.close(),
  }
}

/** SHA-256 of the file in hex, by which the same input is known again. */
export async function digestOf(file: InputFile): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of readPieces(file)) hash.update(piece)
  return hash.digest('hex')
}

/** The name of a job when none is given: the file's, without its folder and last ending. */
export function jobNameOf(path: string): string {
  return basename(path).replace(/(?<=.)\.[^.]*$/, '')
}

function unreadable(path: string, error: NodeJS.ErrnoException): InvalidInputError {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return inputError(
        path,
        'not_found',
        'there is no such file.',
        'Nothing was sent. Check the name.',
        error,
      )
    case 'EACCES':
    case 'EPERM':
      return inputError(
        path,
        'no_permission',
        'this user may not read it.',
        'Nothing was sent. Change its permissions, or run as another user.',
        error,
      )
    default:
      return inputError(
        path,
        'unreadable',
        `it can't be read: ${error.message}.`,
        'Nothing was sent.',
        error,
      )
  }
}

/** Stable codes of what can be wrong with a file as a whole; `InvalidInputError.rule` is one of them. */
export type FileRule =
  | 'not_found'
  | 'is_directory'
  | 'not_a_file'
  | 'empty_input'
  | 'no_permission'
  | 'unreadable'

/** Makes the error for an input as a whole. */
export function inputError(
  file: string,
  rule: FileRule,
  problem: string,
  nextStep: string,
  cause?: unknown,
): InvalidInputError {
  return new InvalidInputError({
    place: { file, line: null, field: null },
    rule,
    problem,
    nextStep,
    cause,
  })
}
