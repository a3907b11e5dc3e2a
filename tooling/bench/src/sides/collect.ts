import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResultsPiece, Store } from '@halfrate/core'
import { engineOn, freshStore, runUntilDone } from '../engine-parts.js'
import { benchFolder, requestsFile, resultsFile, shuffled } from '../payload.js'
import { endedBatch, linesFor, prepareBatch } from '../prepared-batch.js'
import { linesOf, RawTable } from '../raw-table.js'

const COUNT = 100_000
const RESULT_BYTES = 1_270
const LINE_FEED = Buffer.from('\n')
// As much as a socket gives at a time.
const PIECE_BYTES = 64 * 1024

/** The engine collects an ended batch whose lines stand in memory. */
export async function collectOurs(): Promise<number> {
  return await collectInto(await freshStore('t4-ours'))
}

/** The same, whatever the store; it is shut down at the end. */
export async function collectInto(store: Store): Promise<number> {
  const { customIds, transport } = await prepareBatch(store, await requestsFile(COUNT, 400), COUNT)
  const file = fileOf(shuffled(linesFor(customIds, RESULT_BYTES)))
  const collecting = engineOn(store, {
    ...transport,
    retrieve: () => Promise.resolve({ type: 'batch', batch: endedBatch(COUNT) }),
    streamResults: () => Promise.resolve({ type: 'results', pieces: piecesOf(file) }),
  })
  const startedAt = performance.now()
  await runUntilDone(collecting, store)
  const ms = performance.now() - startedAt
  await store.shutdown()
  return ms
}

function fileOf(lines: readonly Uint8Array[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [line, LINE_FEED]))
}

// Split while it is timed, as the other side does.
async function* piecesOf(file: Buffer): AsyncGenerator<ResultsPiece> {
  let piece: Uint8Array[] = []
  let bytes = 0
  for (const line of linesOf(file)) {
    piece.push(line)
    bytes += line.length
    if (bytes < PIECE_BYTES) continue
    yield { type: 'lines', lines: piece }
    piece = []
    bytes = 0
  }
  if (piece.length > 0) yield { type: 'lines', lines: piece }
  yield { type: 'end', clean: true, error: null }
}

/** Split, parse, insert. */
export async function collectBaseline(): Promise<number> {
  const path = join(benchFolder(), 't4-shuffled.jsonl')
  const lines = shuffled([...linesOf(readFileSync(await resultsFile(COUNT, RESULT_BYTES)))])
  writeFileSync(path, fileOf(lines))
  const buffer = readFileSync(path)
  const table = new RawTable('t4-baseline')
  const startedAt = performance.now()
  for (const line of linesOf(buffer)) {
    const parsed = JSON.parse(line.toString('utf8')) as { custom_id: string }
    table.add(parsed.custom_id, line)
  }
  table.end()
  return performance.now() - startedAt
}
