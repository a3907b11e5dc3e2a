import { createHash } from 'node:crypto'
import {
  type AcceptedRow,
  findUnknownModel,
  IntakeRowMaker,
  knownModels,
  LineFeeder,
  readInputLine,
} from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { type InputFile, readPieces } from './input-file.js'

/** Raised inside the reading of an input when the user asked to stop. */
export class InterruptedReading extends Error {
  override readonly name = 'InterruptedReading'
}

/** Reads an input once, from its beginning. */
export interface InputReading {
  readonly rows: AsyncIterable<AcceptedRow>
  /** SHA-256 of what was read, in hex. */
  readonly sourceDigest: () => string
}

/**
 * Reads the requests of a file, in memory of constant size.
 *
 * `warn` is told of each unknown model once, for all readings that share `warned`.
 */
export function readRows(params: {
  readonly half: Pick<Halfrate, 'digest' | 'prices'>
  readonly input: InputFile
  readonly warn: (text: string) => void
  readonly warned: Set<string>
  readonly signal: AbortSignal
}): InputReading {
  const hash = createHash('sha256')
  return {
    rows: rowsOf(params, (piece) => hash.update(piece)),
    sourceDigest: () => hash.digest('hex'),
  }
}

async function* rowsOf(
  params: Parameters<typeof readRows>[0],
  note: (piece: Uint8Array) => void,
): AsyncGenerator<AcceptedRow> {
  const { half, input, signal, warned } = params
  const feeder = new LineFeeder({ file: input.path })
  const maker = new IntakeRowMaker({ hash128: half.digest.hash128 })
  const known = knownModels(half.prices)
  const rowOf = (bytes: Uint8Array, line: number): AcceptedRow | null => {
    const place = { file: input.path, line }
    const read = readInputLine(bytes, place)
    if (read === null) return null
    const row = maker.toIntakeRow(read)
    if (!warned.has(row.model)) {
      warned.add(row.model)
      const unknown = findUnknownModel({ model: row.model, known, place })
      if (unknown !== null) params.warn(unknown.message)
    }
    return row
  }
  for await (const piece of readPieces(input)) {
    if (signal.aborted) throw new InterruptedReading('interrupted')
    note(piece)
    for (const { bytes, line } of feeder.push(piece)) {
      const row = rowOf(bytes, line)
      if (row !== null) yield row
    }
  }
  for (const { bytes, line } of feeder.end()) {
    const row = rowOf(bytes, line)
    if (row !== null) yield row
  }
}
