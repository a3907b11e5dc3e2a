import type { RequestId } from '../model/ids.js'
import type { Job } from '../model/job.js'
import { DAY_MS } from '../model/time.js'
import type { SweepResult } from '../ports/store-upkeep.js'
import { cancelOne } from './canceling.js'
import { forgetUnwanted } from './deliveries.js'
import { discardPart } from './parts.js'
import type { Tables } from './tables.js'

/** See {@link UpkeepStore.sweep}. None of it can fail but for a bug. */
export function sweep(tables: Tables): SweepResult {
  forgetLapsedLeases(tables)
  const isMoreSuperseded = cancelSuperseded(tables)
  const isMoreAbandoned = removeAbandonedParts(tables)
  const isMoreUnwanted = forgetUnwanted(tables)
  const finished = finishedJobs(tables)
  const page = finished.slice(0, tables.pageLimit)
  for (const job of page) tables.jobs.write({ ...job, state: 'done' })
  return {
    more: isMoreSuperseded || isMoreAbandoned || isMoreUnwanted || finished.length > page.length,
    jobsDone: page.map((job) => job.id),
    failed: [],
  }
}

function forgetLapsedLeases(tables: Tables): void {
  for (const [resource, lease] of tables.leases) {
    if (lease.expiresAt <= tables.now()) tables.leases.delete(resource)
  }
}

function cancelSuperseded(tables: Tables): boolean {
  const ids = [...tables.requests.superseded].filter((id) => isToCancel(tables, id))
  for (const id of ids.slice(0, tables.pageLimit)) cancelOne(tables, id, 'superseded')
  return ids.length > tables.pageLimit
}

function isToCancel(tables: Tables, id: RequestId): boolean {
  const { supersededBy, cancelRequestedAt } = tables.requests.need(id).request
  if (supersededBy === null || cancelRequestedAt !== null) return false
  return tables.requests.get(supersededBy)?.accepted === true
}

function finishedJobs(tables: Tables): readonly Job[] {
  return [...tables.jobs.committed]
    .filter((id) => tables.requests.openOfJob(id) === 0)
    .map((id) => tables.jobs.need(id))
}

// One part a call, a page of it at a time.
function removeAbandonedParts(tables: Tables): boolean {
  const abandoned = [...tables.jobs.openParts].filter(
    ([, open]) => tables.now() - open.touchedAt > DAY_MS,
  )
  const [first] = abandoned
  if (first === undefined) return false
  const [id, { part }] = first
  const discarded = discardPart(tables, { id, part, fill: tables.jobs.need(id).fill })
  if (discarded.type === 'discarded' && discarded.left > 0) return true
  tables.jobs.openParts.delete(id)
  const job = tables.jobs.need(id)
  if (job.committedPart === 0) tables.jobs.remove(id)
  else tables.jobs.write({ ...job, openPart: job.committedPart })
  return abandoned.length > 1
}
