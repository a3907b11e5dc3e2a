import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { ConfigError } from '@halfrate/core'

/** What blocks have in common that may be summed up. */
export interface TallyHead {
  readonly tally: 'simulate' | 'killtest'
  /** The commit that was run. */
  readonly commit: string
  /** The flags that decide how blocks go; null for one that was not given. */
  readonly flags: Readonly<Record<string, string | number | null>>
}

/** What a file holds. */
export interface ReadTally<Block> {
  readonly head: TallyHead
  /** In the order in which they were done. */
  readonly blocks: readonly Block[]
}

const LINE_END = 0x0a

/**
 * Sums that outlive the process: a file with one line for the head and one for each block of runs that is done, written
 * and synced before the next one counts. What was being written when the process was killed is left out.
 */
export class TallyFile<Block> implements Disposable {
  /** Those that were done before. */
  readonly blocks: readonly Block[]
  readonly #handle: number

  private constructor(handle: number, blocks: readonly Block[]) {
    this.#handle = handle
    this.blocks = blocks
  }

  /**
   * Opens a file to go on with it; makes it when there is none.
   *
   * @throws {ConfigError} when it can't be written, is something else, or sums up another commit or other flags.
   */
  static open<Block>(path: string, head: TallyHead): TallyFile<Block> {
    const handle = opened(path, 'a+')
    try {
      const { lines, bytes, torn } = contentOf(handle)
      const isNew = lines.length === 0 && lineOf(head).startsWith(torn)
      const kept = isNew ? null : parsed<Block>(path, head.tally, lines)
      if (kept !== null) checkSame(path, kept.head, head)
      ftruncateSync(handle, bytes)
      const file = new TallyFile<Block>(handle, kept?.blocks ?? [])
      if (kept === null) file.#write(head)
      return file
    } catch (error) {
      closeSync(handle)
      throw error
    }
  }

  /**
   * Reads what a file holds, of whatever commit and flags.
   *
   * @throws {ConfigError} when there is none, or it is something else.
   */
  static read<Block>(path: string, tally: TallyHead['tally']): ReadTally<Block> {
    const handle = opened(path, 'r')
    try {
      return parsed(path, tally, contentOf(handle).lines)
    } finally {
      closeSync(handle)
    }
  }

  /** Adds a block that is done. When it returns, the block is on the disk. */
  append(block: Block): void {
    this.#write(block)
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    closeSync(this.#handle)
  }

  #write(value: unknown): void {
    const line = Buffer.from(lineOf(value))
    for (let done = 0; done < line.length; ) done += writeSync(this.#handle, line, done)
    fsyncSync(this.#handle)
  }
}

interface Content {
  readonly lines: readonly string[]
  /** Length of the lines. */
  readonly bytes: number
  /** What follows them: a line that was being written. */
  readonly torn: string
}

function contentOf(handle: number): Content {
  const content = readFileSync(handle)
  const bytes = content.lastIndexOf(LINE_END) + 1
  const lines = content.subarray(0, bytes).toString().split('\n').slice(0, -1)
  return { lines, bytes, torn: content.subarray(bytes).toString() }
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

function opened(path: string, mode: 'r' | 'a+'): number {
  try {
    return openSync(path, mode)
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`--tally: ${said}.`, 'Name a file that a run has written.', { cause })
  }
}

function parsed<Block>(
  path: string,
  tally: TallyHead['tally'],
  lines: readonly string[],
): ReadTally<Block> {
  const [head, ...blocks] = lines.map((line, index) => parsedLine(path, line, index + 1))
  if ((head as Partial<TallyHead> | undefined)?.tally !== tally) {
    throw new ConfigError(`--tally: ${path} holds no sums of ${tally}.`, 'Name another file.')
  }
  return { head: head as TallyHead, blocks: blocks as readonly Block[] }
}

function parsedLine(path: string, line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    const message = `--tally: line ${number} of ${path} is no JSON.`
    throw new ConfigError(message, 'Name another file.', { cause })
  }
}

function checkSame(path: string, kept: TallyHead, asked: TallyHead): void {
  const otherFile = 'Name another file for other sums.'
  if (kept.commit !== asked.commit) {
    throw new ConfigError(
      `--tally: ${path} sums up commit ${kept.commit}, and this is ${asked.commit}.`,
      `Check that commit out to go on. ${otherFile}`,
    )
  }
  const was = flagsText(kept.flags)
  const is = flagsText(asked.flags)
  if (was === is) return
  throw new ConfigError(`--tally: ${path} was begun with ${was}, and this is ${is}.`, otherFile)
}

function flagsText(flags: TallyHead['flags']): string {
  const given = Object.entries(flags).filter(([, value]) => value !== null)
  return given.map(([name, value]) => `--${name} ${value}`).join(' ')
}
