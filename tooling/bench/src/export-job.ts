import { open } from 'node:fs/promises'
import { DEFAULT_PROJECT, InvariantError, type Store } from '@halfrate/core'
import { exportRow } from '@halfrate/core/results'
import { JOB_NAME } from './take-in.js'

const LINE_FEED = Buffer.from('\n')
// As much as the CLI writes at a time; a write for each row would be most of the work.
const FLUSH_BYTES = 1 << 18

/** Writes the results of the bench's job to a file, in the order of its rows, as the CLI does. */
export async function exportTo(store: Store, path: string): Promise<void> {
  const job = await store.findJob({ project: DEFAULT_PROJECT, name: JOB_NAME })
  if (job === null) throw new InvariantError('the job is gone')
  const out = await open(path, 'w')
  let held: Uint8Array[] = []
  let heldBytes = 0
  const flush = async (): Promise<void> => {
    await out.writeFile(Buffer.concat(held))
    held = []
    heldBytes = 0
  }
  const page = { project: DEFAULT_PROJECT, jobId: job.id, limit: store.traits.pageLimit }
  for (let afterRow: number | null = 0; afterRow !== null; ) {
    const rows = await store.readResults({ ...page, afterRow })
    for (const row of rows) {
      const line = exportRow(row)
      held.push(line, LINE_FEED)
      heldBytes += line.length + 1
      if (heldBytes >= FLUSH_BYTES) await flush()
    }
    afterRow = rows.at(-1)?.request.row ?? null
  }
  await flush()
  await out.close()
}
