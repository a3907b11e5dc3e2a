import { type AcceptedRow, findUnknownModel, knownModels } from '@halfrate/core'
import type { Halfrate, RequestsReading } from '@halfrate/runtime'
import { InterruptedReading } from './interrupted-reading.js'
import type { RequestSource } from './request-source.js'

// Often enough for whoever pressed Ctrl-C.
const ROWS_BETWEEN_LOOKS = 100

/**
 * Reads requests, in memory of constant size.
 *
 * `warn` is told of each unknown model once, for all readings that share `warned`.
 */
export function readRows(params: {
  readonly half: Pick<Halfrate, 'prices'>
  readonly source: Pick<RequestSource, 'name' | 'read'>
  readonly warn: (text: string) => void
  readonly warned: Set<string>
  readonly signal: AbortSignal
}): RequestsReading {
  const { rows, sourceDigest } = params.source.read()
  return { rows: watched(params, rows), sourceDigest }
}

async function* watched(
  { half, source, signal, warned, warn }: Parameters<typeof readRows>[0],
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
      const place = { file: source.name, line: row.row }
      const unknown = findUnknownModel({ model: row.model, known, place })
      if (unknown !== null) warn(unknown.message)
    }
    yield row
  }
}
