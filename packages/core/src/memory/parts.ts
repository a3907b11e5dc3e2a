import { type Filling, isNewestCommit } from '../model/filling.js'
import type { Job } from '../model/job.js'
import type { CommitParams, CommitResult, DiscardResult } from '../ports/store-intake.js'
import type { OpenPart } from './job-table.js'
import type { Tables } from './tables.js'

/** See {@link IntakeStore.commitJob}. */
export function commitJob(tables: Tables, params: CommitParams): CommitResult {
  const job = tables.jobs.get(params.id)
  if (job !== undefined && isNewestCommit(job, params)) return { type: 'committed', job }
  const open = tables.jobs.openIn(params)
  if (job === undefined || open === undefined || open.put.size !== params.newRows) {
    return { type: 'mismatch', stored: tables.jobs.openParts.get(params.id)?.put.size ?? 0 }
  }
  accept(tables, open)
  tables.jobs.openParts.delete(params.id)
  tables.jobs.listings.delete(params.id)
  return { type: 'committed', job: tables.jobs.write(committed(tables, job, params)) }
}

function accept(tables: Tables, open: OpenPart): void {
  for (const id of open.put) tables.requests.update(id, {}, { accepted: true })
  for (const [id, row] of open.rows) tables.requests.update(id, { row }, { listedPart: open.part })
}

function committed(tables: Tables, job: Job, params: CommitParams): Job {
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
export function discardPart(tables: Tables, params: Filling): DiscardResult {
  const open = tables.jobs.openIn(params)
  if (open === undefined) return { type: 'outdated' }
  const stored = open.put.size
  const { fill } = tables.jobs.write({ ...tables.jobs.need(params.id), fill: params.fill + 1 })
  // Newest first, so that each one gives its place back to the one that it took it from.
  const page = [...open.put].reverse().slice(0, tables.pageLimit)
  for (const id of page) {
    const { request } = tables.requests.need(id)
    tables.requests.remove(id)
    tables.bytes.removeBody(request.bodyId)
    open.put.delete(id)
  }
  open.rows.clear()
  return { type: 'discarded', stored, left: open.put.size, fill }
}
