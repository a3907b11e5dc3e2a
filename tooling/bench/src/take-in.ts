import { createReadStream } from 'node:fs'
import {
  type IntakeRow,
  IntakeRowMaker,
  InvariantError,
  LineFeeder,
  openLoad,
  readInputLine,
  type Store,
} from '@halfrate/core'
import { nodeDigest } from '@halfrate/runtime'

/** Takes a file of requests in as one job, as the CLI does: check, slice, hash, dedupe, store, commit. */
export async function takeIn(store: Store, path: string): Promise<void> {
  const load = await openLoad({ store, jobName: 'bench', onConflict: 'report', file: path })
  const maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })
  const feeder = new LineFeeder({ file: path })
  const rowOf = (bytes: Uint8Array, line: number): IntakeRow | null => {
    const read = readInputLine(bytes, { file: path, line })
    return read === null ? null : maker.toIntakeRow(read)
  }
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 18 })) {
    for (const { bytes, line } of feeder.push(piece as Uint8Array)) {
      const row = rowOf(bytes, line)
      if (row !== null) await load.add(row)
    }
  }
  for (const { bytes, line } of feeder.end()) {
    const row = rowOf(bytes, line)
    if (row !== null) await load.add(row)
  }
  const result = await load.finish({ sourceDigest: null })
  if (result.type !== 'committed') throw new InvariantError('a new store asked for a reload')
}
