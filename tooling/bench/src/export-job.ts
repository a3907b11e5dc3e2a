import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { DEFAULT_PROJECT, exportRow, InvariantError, type Store } from '@halfrate/core'
import { JOB_NAME } from './take-in.js'

/** Writes the results of the bench's job to a file, in the order of its rows, as the CLI does. */
export async function exportTo(store: Store, path: string): Promise<void> {
  const project = DEFAULT_PROJECT
  const job = await store.findJob({ project, name: JOB_NAME })
  if (job === null) throw new InvariantError('the job is gone')
  const out = createWriteStream(path)
  for (let afterRow = 0; ; ) {
    const limit = store.traits.pageLimit
    const page = await store.readResults({ project, jobId: job.id, afterRow, limit })
    for (const row of page) {
      if (!out.write(exportRow(row))) await once(out, 'drain')
    }
    const last = page.at(-1)?.request.row
    if (last == null) break
    afterRow = last
  }
  out.end()
  await finished(out)
}
