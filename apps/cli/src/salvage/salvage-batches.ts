import type { EpochMs, RemoteBatch, RemoteId } from '@halfrate/core'
import type { PriceBook } from '@halfrate/core/money'
import type { RowWriter } from '../output/row-writer.js'
import { type Choice, chooseBatches, type LostBatch } from './choose-batches.js'
import { fetchBatch } from './fetch-batch.js'
import type { KeyBook } from './key-book.js'
import type { PatientProvider } from './patient-provider.js'
import { ResultIndex } from './result-index.js'
import { rankOf } from './salvaged-row.js'
import type { Spool } from './spool.js'
import { type WrittenRows, writeRows } from './write-rows.js'

/** A batch of Halfrate's of which not all results could be read. */
export interface ShortBatch {
  readonly batchId: RemoteId
  readonly found: number
  readonly missing: number
  /** Lines that are no result of anything. */
  readonly broken: number
}

/** What a salvage found and wrote. */
export interface SalvageReport {
  /** Null when the provider names none. */
  readonly workspaceId: string | null
  /** The provider's time. */
  readonly now: EpochMs
  /** Batches of Halfrate's whose results were read. */
  readonly own: number
  /** Batches of other programs, of which only the first lines were read. */
  readonly foreign: number
  /** Batches that have not ended, whoever's they are. */
  readonly running: readonly RemoteBatch[]
  /** Batches whose results are not there, or that are not there themselves. */
  readonly gone: readonly LostBatch[]
  /** Batches that could not be read this time. */
  readonly unread: readonly LostBatch[]
  readonly short: readonly ShortBatch[]
  /** Whether batches were passed over whose results are gone by their age. */
  readonly hasOlder: boolean
  readonly written: WrittenRows
}

const ARCHIVED = 'Claude keeps results for 29 days from the creation of a batch.'
// How often many batches of other programs give a sign of life.
const SIGN_EVERY = 100

interface Found {
  own: number
  foreign: number
  readonly running: RemoteBatch[]
  readonly gone: LostBatch[]
  readonly unread: LostBatch[]
  readonly short: ShortBatch[]
}

/** Fetches what the workspace still has of Halfrate's results, and writes a row for each. Changes nothing there. */
export async function salvageBatches(params: {
  readonly provider: PatientProvider
  readonly choice: Choice
  readonly book: KeyBook
  /** What answers cost. */
  readonly prices: PriceBook
  readonly spool: Spool
  readonly writer: RowWriter
  /** Told of each batch of Halfrate's as soon as it was read. */
  readonly onBatch: (batchId: RemoteId, found: number) => void
  /** Told now and then how many of all batches were looked at. */
  readonly onProgress: (done: number, all: number) => void
}): Promise<SalvageReport> {
  const { provider, choice, book, spool, writer } = params
  const { batches, absent, ...workspace } = await chooseBatches(provider, choice)
  const index = new ResultIndex()
  const found: Found = { own: 0, foreign: 0, running: [], gone: [...absent], unread: [], short: [] }
  for (const [number, batch] of batches.entries()) {
    if (number > 0 && number % SIGN_EVERY === 0) params.onProgress(number, batches.length)
    if (batch.archivedAt !== null) found.gone.push({ batchId: batch.id, problem: ARCHIVED })
    else if (batch.status !== 'ended') found.running.push(batch)
    else await fetchInto(found, { ...params, batch, number, index })
  }
  const checkStop = (): void => provider.checkStop()
  const written = await writeRows({
    index,
    spool,
    book,
    prices: params.prices,
    batches,
    writer,
    checkStop,
  })
  return { ...workspace, ...found, written }
}

async function fetchInto(
  found: Found,
  params: Pick<Parameters<typeof salvageBatches>[0], 'provider' | 'book' | 'spool' | 'onBatch'> & {
    readonly batch: RemoteBatch
    readonly number: number
    readonly index: ResultIndex
  },
): Promise<void> {
  const { provider, book, spool, batch, number, index } = params
  const fetched = await fetchBatch(provider, batch, async ({ own, facts, bytes }) => {
    const { requestId, tail } = own
    const key = book.find(tail)
    const place = await spool.add(bytes)
    const known = 'key' in key ? key.key : null
    index.add({ ...place, requestId, batch: number, rank: rankOf(facts), key: known })
  })
  switch (fetched.type) {
    case 'own': {
      found.own += 1
      const { missing, broken } = fetched
      if (missing > 0)
        found.short.push({ batchId: batch.id, found: fetched.found, missing, broken })
      params.onBatch(batch.id, fetched.found)
      return
    }
    case 'foreign':
      found.foreign += 1
      return
    case 'gone':
    case 'unread':
      found[fetched.type].push({ batchId: batch.id, problem: fetched.problem })
  }
}
