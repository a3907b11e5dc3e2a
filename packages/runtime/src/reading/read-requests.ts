import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { AcceptedRow } from '@halfrate/core/intake'
import { readInThread } from './read-in-thread.js'
import { RowReader } from './row-reader.js'

/** An input of requests, JSON Lines, that is read once from its beginning. */
export interface RequestsInput {
  /** How errors call it. Files that requests name are looked for in its folder. */
  readonly file: string
  /** Its bytes, piece by piece; a piece is good until the next one is asked for. */
  readonly pieces: () => AsyncIterable<Uint8Array>
  /** The plain file whose bytes these are, and its size, if it is one; a large one is read in a thread of its own. */
  readonly source: { readonly path: string; readonly size: number } | null
}

/** Requests, and what they came from. */
export interface RequestsReading {
  readonly rows: AsyncIterable<AcceptedRow>
  /**
   * SHA-256 of all that was read, in hex; after the last row. Null when requests have files by path, which can change while
   * what names them does not.
   */
  readonly sourceDigest: () => string | null
}

// Below it a thread takes longer to start than it saves.
const THREAD_FROM_BYTES = 16 * 1024 * 1024

/**
 * Reads requests: cut, checked, sliced and hashed, in memory of constant size.
 *
 * Iterating throws `InvalidInputError` at the first line that can't be taken.
 */
export function readRequests(input: RequestsInput): RequestsReading {
  const { file, source } = input
  let digest: string | null = null
  const note = (sha256: string | null): void => {
    digest = sha256
  }
  const rows =
    source !== null && source.size >= THREAD_FROM_BYTES
      ? readInThread(source.path, file, note)
      : readHere(input, note)
  return { rows, sourceDigest: () => digest }
}

async function* readHere(
  { file, pieces }: RequestsInput,
  onEnd: (sha256: string | null) => void,
): AsyncGenerator<AcceptedRow> {
  const reader = new RowReader(file, dirname(file))
  const hash = createHash('sha256')
  for await (const piece of pieces()) {
    hash.update(piece)
    yield* reader.push(piece)
  }
  yield* reader.end()
  onEnd(reader.hasFiles ? null : hash.digest('hex'))
}
