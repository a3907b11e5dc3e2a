import { type RemoteBatch, type RequestId, type ResultsPiece, totalOf } from '@halfrate/core'
import { type ResultFacts, readResultLine } from '@halfrate/core/results'
import { type OwnId, readOwnId } from './own-id.js'
import type { PatientProvider } from './patient-provider.js'

/** A line of Halfrate's, as it was found. */
export interface OwnLine {
  readonly own: OwnId
  readonly facts: ResultFacts
  readonly bytes: Uint8Array
}

/**
 * What became of an ended batch. `own`: it is Halfrate's; `missing` is how many of its results could not be read, `broken`
 * how many lines were none. `foreign`: it is another program's. `gone`: its results are not there. `unread`: nobody knows.
 */
export type FetchedBatch =
  | {
      readonly type: 'own'
      readonly found: number
      readonly missing: number
      readonly broken: number
    }
  | { readonly type: 'foreign' }
  | { readonly type: 'gone' | 'unread'; readonly problem: string }

interface Reading {
  readonly type: 'own' | 'foreign' | 'unclear'
  readonly broken: number
  readonly problem: string | null
}

// As the engine judges: the first ten readable lines, or all, are not ours.
const FOREIGN_AFTER = 10
const MOST_READINGS = 3
const REST_MS = 1_000

/**
 * Reads the results of an ended batch, up to three times when they are not whole. Of another program's batch no more is
 * read than shows that.
 *
 * @param take is given each line of ours; one that is read again comes again.
 */
export async function fetchBatch(
  provider: PatientProvider,
  batch: RemoteBatch,
  take: (line: OwnLine) => Promise<void>,
): Promise<FetchedBatch> {
  const seen = new Set<RequestId>()
  const total = totalOf(batch.counts)
  const takeNoted = async (line: OwnLine): Promise<void> => {
    seen.add(line.own.requestId)
    await take(line)
  }
  for (let readings = 1; ; readings += 1) {
    const results = await provider.results(batch.id)
    if (results.type !== 'results') {
      const isGone = results.type === 'not_found'
      if (seen.size > 0) return ownBatch(seen.size, total, 0)
      return { type: isGone ? 'gone' : 'unread', problem: results.error.message }
    }
    const { type, broken, problem } = await readPieces(results.pieces, total, takeNoted)
    // What was broken off by us is not short.
    provider.checkStop()
    if (type === 'foreign') return { type: 'foreign' }
    if (seen.size >= total && seen.size > 0) return ownBatch(seen.size, total, broken)
    if (readings === MOST_READINGS) {
      if (seen.size > 0) return ownBatch(seen.size, total, broken)
      return { type: 'unread', problem: problem ?? 'No line of its results could be read.' }
    }
    await provider.rest(REST_MS)
  }
}

function ownBatch(found: number, total: number, broken: number): FetchedBatch {
  return { type: 'own', found, missing: Math.max(0, total - found), broken }
}

async function readPieces(
  pieces: AsyncIterable<ResultsPiece>,
  total: number,
  take: (line: OwnLine) => Promise<void>,
): Promise<Reading> {
  let isOwn = false
  let strangers = 0
  let broken = 0
  for await (const piece of pieces) {
    if (piece.type === 'end') {
      // A file that was cut short may hide our lines behind strange ones.
      const isForeign = !isOwn && strangers > 0 && strangers >= total
      const problem = piece.error?.message ?? null
      return { type: isOwn ? 'own' : isForeign ? 'foreign' : 'unclear', broken, problem }
    }
    for (const bytes of piece.lines) {
      const facts = readResultLine(bytes)
      const own = facts.type === 'line' ? readOwnId(facts.customId) : null
      if (facts.type === 'malformed') {
        broken += 1
      } else if (own === null) {
        strangers += 1
        if (!isOwn && strangers >= FOREIGN_AFTER) return { type: 'foreign', broken, problem: null }
      } else {
        isOwn = true
        await take({ own, facts, bytes })
      }
    }
  }
  return { type: isOwn ? 'own' : 'unclear', broken, problem: null }
}
