import { type NanoUsd, type RemoteBatch, ZERO_USD } from '@halfrate/core'
import type { PriceBook } from '@halfrate/core/money'
import { readResultLine } from '@halfrate/core/results'
import type { RowWriter } from '../output/row-writer.js'
import type { FoundKey, KeyBook } from './key-book.js'
import { readOwnId } from './own-id.js'
import type { FoundResult, ResultIndex } from './result-index.js'
import { costOfResult, type SalvagedResult, salvagedRow } from './salvaged-row.js'
import type { Spool } from './spool.js'

/** What was written. */
export interface WrittenRows {
  readonly rows: number
  /** Keys, and requests without a known key, that the rows are of. */
  readonly requests: number
  /** Those of them that have a usable answer. */
  readonly usable: number
  /** Rows by where their key is known from, or why it is not. */
  readonly keys: Readonly<Record<FoundKey['type'], number>>
  /** Rows of each batch. */
  readonly byBatch: ReadonlyMap<string, number>
  /** What is known of the cost; the rest is in `unpriced`. */
  readonly costNano: NanoUsd
  /** Rows whose cost nobody knows. */
  readonly unpriced: number
}

type Ready = Omit<SalvagedResult, 'number' | 'numberOf' | 'costNano'>

/** Writes a row for every result, in the order in which the requests were taken in, the best of each first. */
export async function writeRows(params: {
  readonly index: ResultIndex
  readonly spool: Spool
  readonly book: KeyBook
  /** What answers cost. */
  readonly prices: PriceBook
  readonly batches: readonly RemoteBatch[]
  readonly writer: RowWriter
  /** Throws when it is to be broken off. */
  readonly checkStop: () => void
}): Promise<WrittenRows> {
  const { index, writer } = params
  await params.spool.flush()
  const keys = { id: 0, input: 0, none: 0, unmatched: 0, several: 0 }
  const byBatch = new Map<string, number>()
  let [rows, requests, usable, unpriced, cost] = [0, 0, 0, 0, ZERO_USD as number]
  for (const group of index.groups()) {
    params.checkStop()
    const results = await resultsOf(group, params)
    requests += 1
    if (group[0]?.rank === 0) usable += 1
    for (const [at, result] of results.entries()) {
      const { found, facts, batch } = result
      const costNano = costOfResult(facts, { at: batch.createdAt, prices: params.prices })
      const place = { number: at + 1, numberOf: results.length }
      await writer.write(salvagedRow({ ...result, ...place, costNano }))
      rows += 1
      keys[found.type] += 1
      byBatch.set(batch.id, (byBatch.get(batch.id) ?? 0) + 1)
      cost += costNano ?? 0
      if (costNano === null) unpriced += 1
    }
  }
  return { rows, requests, usable, keys, byBatch, costNano: cost as NanoUsd, unpriced }
}

// A line that came twice, in the file or because that was read again, is one result.
async function resultsOf(
  group: readonly FoundResult[],
  { spool, book, batches }: Parameters<typeof writeRows>[0],
): Promise<readonly Ready[]> {
  const results: Ready[] = []
  for (const { requestId, batch: number, ...place } of group) {
    const line = await spool.read(place)
    const batch = batches[number]
    const isRepeat = results.some(
      (each) => each.batch === batch && Buffer.compare(each.line, line) === 0,
    )
    const facts = readResultLine(line)
    if (isRepeat || batch === undefined || facts.type === 'malformed') continue
    const found = book.find(readOwnId(facts.customId)?.tail ?? { type: 'none' })
    results.push({ facts, line, requestId, found, batch })
  }
  return results
}
