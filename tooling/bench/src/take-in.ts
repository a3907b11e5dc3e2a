import { open } from 'node:fs/promises'
import {
  type IntakeRow,
  IntakeRowMaker,
  InvariantError,
  LineFeeder,
  openLoad,
  readInputLine,
  type Store,
} from '@halfrate/core'
import { nodeDigest } from '@halfrate/runtime'

const PIECE_BYTES = 1 << 18

/** The job that the bench's requests become. */
export const JOB_NAME = 'bench'

/**
 * Takes a file of requests in as one job, as the CLI does: check, slice, hash, dedupe, store, commit. Tells after each
 * piece of the file how many rows were added so far.
 */
export async function takeIn(
  store: Store,
  path: string,
  onPiece: (rows: number) => void = () => undefined,
): Promise<void> {
  const load = await openLoad({ store, jobName: JOB_NAME, onConflict: 'report', file: path })
  const maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })
  const feeder = new LineFeeder({ file: path })
  const rowOf = (bytes: Uint8Array, line: number): IntakeRow | null => {
    const read = readInputLine(bytes, { file: path, line })
    return read === null ? null : maker.toIntakeRow(read)
  }
  let rows = 0
  for await (const piece of piecesOf(path)) {
    for (const { bytes, line } of feeder.push(piece)) {
      const row = rowOf(bytes, line)
      if (row !== null) await load.add(row)
      rows += 1
    }
    onPiece(rows)
  }
  for (const { bytes, line } of feeder.end()) {
    const row = rowOf(bytes, line)
    if (row !== null) await load.add(row)
  }
  const result = await load.finish({ sourceDigest: null })
  if (result.type !== 'committed') throw new InvariantError('a new store asked for a reload')
}

// Into one buffer again and again. Not at once from beginning to end: the collector gives memory back between turns of
// the event loop, and a program that takes none holds half as much again.
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES)
  const file = await open(path)
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}
