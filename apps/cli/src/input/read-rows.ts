import { type AcceptedRow, findUnknownModel, knownModels } from '@halfrate/core'
import { type Halfrate, type RequestsReading, readRequests } from '@halfrate/runtime'
import { type InputFile, readPieces } from './input-file.js'

/** Raised inside the reading of an input when the user asked to stop. */
export class InterruptedReading extends Error {
  override readonly name = 'InterruptedReading'
}

// Often enough for whoever pressed Ctrl-C.
const ROWS_BETWEEN_LOOKS = 100

/**
 * Reads the requests of a file, in memory of constant size.
 *
 * `warn` is told of each unknown model once, for all readings that share `warned`.
 */
export function readRows(params: {
  readonly half: Pick<Halfrate, 'prices'>
  readonly input: InputFile
  readonly warn: (text: string) => void
  readonly warned: Set<string>
  readonly signal: AbortSignal
}): RequestsReading {
  const { input } = params
  const { path, size } = input
  const { rows, sourceDigest } = readRequests({
    file: path,
    pieces: () => readPieces(input),
    source: size === null ? null : { path, size },
  })
  return { rows: watched(params, rows), sourceDigest }
}

async function* watched(
  { half, input, signal, warned, warn }: Parameters<typeof readRows>[0],
  rows: AsyncIterable<AcceptedRow>,
): AsyncGenerator<AcceptedRow> {
  const known = knownModels(half.prices)
  let count = 0
  for await (const row of rows) {
    if (count % ROWS_BETWEEN_LOOKS === 0 && signal.aborted) {
      throw new InterruptedReading('interrupted')
    }
    count += 1
    if (!warned.has(row.model)) {
      warned.add(row.model)
      const place = { file: input.path, line: row.row }
      const unknown = findUnknownModel({ model: row.model, known, place })
      if (unknown !== null) warn(unknown.message)
    }
    yield row
  }
}
