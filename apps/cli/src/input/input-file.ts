import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { InvalidInputError } from '@halfrate/core'

/** An input that is there, is a file, can be read, and is not empty. */
export interface InputFile {
  readonly path: string
  readonly sizeBytes: number
  /** Device and inode: what the file is, under whatever name. */
  readonly identity: string
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
      'Nothing was sent. Name a JSON Lines file.',
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
      'Nothing was sent. The input is read more than once; save it to a file first.',
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
  return { path, sizeBytes: found.size, identity: `${found.dev}:${found.ino}` }
}

/** The bytes of the file, piece by piece, in memory of constant size. */
export function readPieces(file: InputFile): AsyncIterable<Uint8Array> {
  return createReadStream(file.path, { highWaterMark: READ_BYTES })
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

function inputError(
  file: string,
  rule: string,
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
