import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResultsPiece } from '@halfrate/core'
import { engineOn, freshStore, runUntilDone } from '../engine-parts.js'
import { benchFolder, requestsFile, resultsFile, shuffled } from '../payload.js'
import { endedBatch, linesFor, prepareBatch } from '../prepared-batch.js'
import { linesOf, RawTable } from '../raw-table.js'

const COUNT = 100_000
const RESULT_BYTES = 1_270
const LINES_PER_PIECE = 200

/** The engine collects an ended batch whose lines stand in memory. */
export async function collectOurs(): Promise<number> {
  const store = await freshStore('t4-ours')
  const { customIds, transport } = await prepareBatch(store, await requestsFile(COUNT, 400), COUNT)
  const lines = shuffled(linesFor(customIds, RESULT_BYTES))
  const collecting = engineOn(store, {
    ...transport,
    retrieve: () => Promise.resolve({ type: 'batch', batch: endedBatch(COUNT) }),
    streamResults: () => Promise.resolve({ type: 'results', pieces: piecesOf(lines) }),
  })
  const startedAt = performance.now()
  await runUntilDone(collecting, store)
  const ms = performance.now() - startedAt
  await store.shutdown()
  return ms
}

async function* piecesOf(lines: readonly Uint8Array[]): AsyncGenerator<ResultsPiece> {
  for (let from = 0; from < lines.length; from += LINES_PER_PIECE) {
    yield { type: 'lines', lines: lines.slice(from, from + LINES_PER_PIECE) }
  }
  yield { type: 'end', clean: true, error: null }
}

/** Split, parse, insert. */
export async function collectBaseline(): Promise<number> {
  const path = join(benchFolder(), 't4-shuffled.jsonl')
  const lines = shuffled([...linesOf(readFileSync(await resultsFile(COUNT, RESULT_BYTES)))])
  writeFileSync(path, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])))
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
