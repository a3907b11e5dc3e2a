import { fstatSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { ConfigError } from '@halfrate/core'
import {
  type FileRule,
  type InputFile,
  type InputReader,
  identityOf,
  inputError,
  readerOf,
} from './input-file.js'
import { InterruptedReading } from './interrupted-reading.js'

/** How standard input is named where a file could stand. */
export const STDIN_NAME = '-'

const SHOWN_NAME = 'stdin'

/** Standard input, as Node gives it. */
export type StdinStream = Readable & {
  readonly isTTY?: boolean | undefined
  readonly fd: number
}

/**
 * Standard input as an input that can be read again: an input is read twice when it has to be known again, and a pipe
 * gives what it has once.
 *
 * It is taken to its end at the first reading, into a file beside the store that only this user can read. The file has
 * no name any more from the moment it is open, so that nothing of it is left, however this process ends.
 */
export class StdinInput implements InputFile {
  readonly path: string = SHOWN_NAME
  readonly size = null
  readonly identity: string
  readonly #stdin: StdinStream
  readonly #store: string
  readonly #signal: AbortSignal
  #kept: Promise<FileHandle> | null = null

  /**
   * @param store - path beside which the file stands.
   * @param signal ends the waiting for more of the input.
   * @throws {InvalidInputError} when it is a terminal or closed.
   */
  constructor(stdin: StdinStream, store: string, signal: AbortSignal) {
    if (stdin.isTTY === true) {
      throw refused('not_a_file', 'expected requests, got a terminal.')
    }
    this.identity = identityOfOpen(stdin.fd)
    this.#stdin = stdin
    this.#store = store
    this.#signal = signal
  }

  readonly open = async (): Promise<InputReader> => {
    this.#kept ??= this.#keep()
    const { read } = readerOf(await this.#kept)
    return { read, close: async () => undefined }
  }

  /** Gives the room back. It can't be read any more. */
  async close(): Promise<void> {
    const kept = await this.#kept?.catch(() => null)
    await kept?.close()
  }

  async #keep(): Promise<FileHandle> {
    const handle = await this.#newFile()
    try {
      let size = 0
      for await (const piece of addAbortSignal(this.#signal, this.#stdin)) {
        await handle.writeFile(piece as Buffer)
        size += (piece as Buffer).length
      }
      if (size > 0) return handle
      throw refused('empty_input', 'expected at least one request, got an empty input.')
    } catch (error) {
      await handle.close()
      if (this.#signal.aborted) throw new InterruptedReading('interrupted')
      throw isOfSystem(error) ? this.#notKept(error) : error
    }
  }

  async #newFile(): Promise<FileHandle> {
    const path = `${this.#store}.${process.pid}.stdin`
    try {
      const handle = await open(path, 'wx+', 0o600)
      await rm(path)
      return handle
    } catch (error) {
      throw this.#notKept(error)
    }
  }

  #notKept(cause: unknown): ConfigError {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return new ConfigError(
      `standard input can't be kept in ${dirname(this.#store)} while it is read: ${reason}.`,
      'Nothing was sent. Make room there, or save the input to a file and name that.',
      { cause },
    )
  }
}

function identityOfOpen(fd: number): string {
  try {
    return identityOf(fstatSync(fd))
  } catch (cause) {
    throw refused('unreadable', 'expected requests, got none: it is closed.', cause)
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function refused(rule: FileRule, problem: string, cause?: unknown): Error {
  const nextStep =
    'Nothing was sent. Give it JSON Lines, as in: cat requests.jsonl | halfrate run - -o results.jsonl'
  return inputError(SHOWN_NAME, rule, problem, nextStep, cause)
}
