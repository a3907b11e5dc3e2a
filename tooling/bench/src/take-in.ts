import { stat } from 'node:fs/promises'
import { InvariantError, openLoad, type Store } from '@halfrate/core'
import { readRequests } from '@halfrate/runtime'
import { readPieces } from './read-pieces.js'

/** The job that the bench's requests become. */
export const JOB_NAME = 'bench'

/**
 * Takes a file of requests in as one job, as the CLI does: check, slice, hash, dedupe, store, commit. Tells after each
 * row how many there were so far.
 */
export async function takeIn(
  store: Store,
  path: string,
  onRow: (rows: number) => void = () => undefined,
): Promise<void> {
  const load = await openLoad({ store, jobName: JOB_NAME, onConflict: 'report', file: path })
  const { size } = await stat(path)
  const input = { file: path, pieces: () => readPieces(path), source: { path, size } }
  let rows = 0
  for await (const row of readRequests(input).rows) {
    await load.add(row)
    rows += 1
    onRow(rows)
  }
  const result = await load.finish({ sourceDigest: null })
  if (result.type !== 'committed') throw new InvariantError('a new store asked for a reload')
}
