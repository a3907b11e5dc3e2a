import type { RowReading } from '@halfrate/core'
import { type AcceptedRow, findUnknownModel } from '@halfrate/core/intake'
import { knownModels } from '@halfrate/core/money'
import type { Halfrate } from '@halfrate/runtime'
import { InterruptedReading } from './interrupted-reading.js'
import type { RequestSource } from './request-source.js'

// Often enough for whoever pressed Ctrl-C.
const ROWS_BETWEEN_LOOKS = 100

/** What to read, and who is told of it. */
export interface ReadRowsParams {
  readonly half: Pick<Halfrate, 'prices'>
  readonly source: Pick<RequestSource, 'name' | 'read'>
  /** Told of each unknown model once, for all readings that share `warned`. */
  readonly warn: (text: string) => void
  readonly warned: Set<string>
  readonly signal: AbortSignal
  /** Most rows to read; null for all. What stands behind them is not looked at. */
  readonly limit: number | null
  /** Told when there were so many. */
  readonly onLimit: () => void
}

/** Reads requests, in memory of constant size. The digest is null when only some of them were read. */
export function readRows(params: ReadRowsParams): RowReading {
  const { rows, sourceDigest } = params.source.read()
  const progress = { isCut: false }
  return {
    rows: watched(params, rows, progress),
    sourceDigest: () => (progress.isCut ? null : sourceDigest()),
  }
}

async function* watched(
  params: ReadRowsParams,
  rows: AsyncIterable<AcceptedRow>,
  progress: { isCut: boolean },
): AsyncGenerator<AcceptedRow> {
  const { half, source, signal, warned, warn, limit, onLimit } = params
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
    if (count === limit) {
      progress.isCut = true
      onLimit()
      return
    }
  }
}
