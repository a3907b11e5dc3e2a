import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ConfigError, InvalidInputError } from '@halfrate/core'
import { identityOf, inputError } from '../input/input-file.js'
import { STDIN_NAME } from '../input/stdin-input.js'

/** An input of an audit: its bytes come once. */
export interface UsageBytes {
  /** How errors call it. */
  readonly name: string
  /** Device and inode; null for standard input. */
  readonly identity: string | null
  /** Unpacked when they are gzip. @throws {InvalidInputError} when they can't be read. */
  readonly pieces: () => AsyncGenerator<Buffer>
}

const NOTHING_ELSE = 'Nothing was changed. Check the name.'
const GZIP = [0x1f, 0x8b] as const

/**
 * Looks at the inputs before any is read.
 *
 * @throws {InvalidInputError} when one is missing, a folder, or empty; {ConfigError} when one is named twice.
 */
export async function openUsage(
  names: readonly string[],
  stdin: Readable & { readonly isTTY?: boolean | undefined },
): Promise<readonly UsageBytes[]> {
  const opened: UsageBytes[] = []
  for (const name of names) {
    const input = name === STDIN_NAME ? stdinBytes(stdin) : await fileBytes(name)
    const before = opened.find((each) => each.identity === input.identity)
    if (before !== undefined) throw namedTwice(before.name, input.name)
    opened.push(input)
  }
  return opened
}

function stdinBytes(stdin: Readable & { readonly isTTY?: boolean | undefined }): UsageBytes {
  if (stdin.isTTY === true) {
    throw inputError(
      'stdin',
      'not_a_file',
      'expected usage, got a terminal.',
      'Give it a log, as in: zcat usage.jsonl.gz | halfrate audit -',
    )
  }
  return { name: 'stdin', identity: null, pieces: () => unpacked('stdin', stdin) }
}

async function fileBytes(name: string): Promise<UsageBytes> {
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(name, error)
  })
  if (found.isDirectory()) {
    throw inputError(name, 'is_directory', 'expected a file, got a directory.', NOTHING_ELSE)
  }
  const pieces = (): AsyncGenerator<Buffer> => unpacked(name, createReadStream(name))
  return { name, identity: identityOf(found), pieces }
}

async function* unpacked(name: string, source: Readable): AsyncGenerator<Buffer> {
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  try {
    const head = await headOf(pieces)
    if (head.length === 0) throw empty(name)
    const whole = withHead(head, pieces)
    const isPacked = GZIP.every((byte, index) => head[index] === byte)
    const bytes = isPacked
      ? pipeline(Readable.from(whole, { objectMode: false }), createGunzip(), () => undefined)
      : whole
    for await (const piece of bytes) yield piece as Buffer
  } catch (error) {
    throw unreadable(name, error as NodeJS.ErrnoException)
  } finally {
    source.destroy()
  }
}

// As many bytes as tell whether they are packed, or all there are.
async function headOf(pieces: AsyncIterator<Buffer, undefined>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  while (head.length < GZIP.length) {
    const { value } = await pieces.next()
    if (value === undefined) return head
    head = Buffer.concat([head, value])
  }
  return head
}

async function* withHead(
  head: Buffer,
  pieces: AsyncIterator<Buffer, undefined>,
): AsyncGenerator<Buffer> {
  yield head
  for (;;) {
    const { value } = await pieces.next()
    if (value === undefined) return
    yield value
  }
}

function empty(name: string): Error {
  return inputError(
    name,
    'empty_input',
    'expected usage, got an empty input.',
    'Put one call on each line: {"at": "…", "model": "…", "usage": {…}}.',
  )
}

function unreadable(name: string, error: NodeJS.ErrnoException): Error {
  if (error instanceof InvalidInputError) return error
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return inputError(name, 'not_found', 'there is no such file.', NOTHING_ELSE, error)
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const next = 'Change its permissions, or run as another user.'
    return inputError(name, 'no_permission', 'this user may not read it.', next, error)
  }
  const next = 'Nothing was changed. Is the file whole?'
  return inputError(name, 'unreadable', `it can't be read: ${error.message}.`, next, error)
}

function namedTwice(first: string, second: string): ConfigError {
  return new ConfigError(
    `${second} is the same input as ${first}: its money would count twice.`,
    'Name every input once.',
  )
}
