import { InvariantError } from '../errors.js'
import type { JobId } from '../model/ids.js'
import type { Job } from '../model/job.js'
import type { CommitResult } from '../ports/store-intake.js'
import type { OpenPart } from './job-table.js'
import type { Tables } from './tables.js'

/** See {@link IntakeStore.commitJob}. */
export function commitJob(
  tables: Tables,
  params: Readonly<{
    id: JobId
    part: number
    newRows: number
    rowCount: number
    sourceDigest: string | null
  }>,
): CommitResult {
  const job = tables.jobs.need(params.id)
  if (params.part <= job.committedPart) return { type: 'committed', job }
  const open = tables.jobs.openParts.get(params.id)
  if (open?.part !== params.part) {
    throw new InvariantError(`Part ${params.part} of job ${params.id} is not open.`)
  }
  if (open.put.size !== params.newRows) return { type: 'mismatch', stored: open.put.size }
  accept(tables, open)
  tables.jobs.openParts.delete(params.id)
  tables.jobs.listings.delete(params.id)
  return { type: 'committed', job: tables.jobs.write(committed(tables, job, params)) }
}

function accept(tables: Tables, open: OpenPart): void {
  for (const id of open.put) tables.requests.update(id, {}, { accepted: true })
  for (const [id, row] of open.rows) tables.requests.update(id, { row }, { listedPart: open.part })
}

function committed(
  tables: Tables,
  job: Job,
  params: Readonly<{ part: number; rowCount: number; sourceDigest: string | null }>,
): Job {
  return {
    ...job,
    state: 'committed',
    committedPart: params.part,
    sourceDigest: params.sourceDigest,
    rowCount: params.rowCount,
    committedAt: tables.now(),
  }
}

/** See {@link IntakeStore.discardPart}. */
export function discardPart(
  tables: Tables,
  params: Readonly<{ id: JobId; part: number }>,
): { readonly left: number } {
  const open = tables.jobs.openParts.get(params.id)
  if (open?.part !== params.part) return { left: 0 }
  // Newest first, so that each one gives its place back to the one that it took it from.
  const page = [...open.put].reverse().slice(0, tables.pageLimit)
  for (const id of page) {
    const { request } = tables.requests.need(id)
    tables.requests.remove(id)
    tables.bytes.bodies.delete(request.bodyId)
    open.put.delete(id)
  }
  open.rows.clear()
  return { left: open.put.size }
}
