import type { RequestId } from '../model/ids.js'
import { submissionOfResource } from '../model/resource.js'
import type { Violation } from '../ports/store-upkeep.js'
import type { Tables } from './tables.js'

/** Checks leases, jobs and marks: few rows, all at once. */
export function storeViolations(tables: Tables): readonly Violation[] {
  return [
    ...leaseViolations(tables),
    ...jobViolations(tables),
    ...foreignViolations(tables),
    ...deliveryViolations(tables),
  ]
}

function* leaseViolations(tables: Tables): Generator<Violation> {
  const epochs = new Set<number>()
  for (const lease of tables.leases.values()) {
    if (lease.epoch > tables.lastId || epochs.has(lease.epoch)) {
      yield {
        invariant: 'I10',
        message: `The epoch of ${lease.resource} was not given out for it.`,
      }
    }
    epochs.add(lease.epoch)
    const submissionId = submissionOfResource(lease.resource)
    if (submissionId !== null && tables.submissions.get(submissionId) === undefined) {
      yield { invariant: 'I10', message: `${lease.resource} is leased, but there is none.` }
    }
  }
}

function* jobViolations(tables: Tables): Generator<Violation> {
  for (const job of tables.jobs.all()) {
    const isOpen = tables.jobs.openParts.get(job.id)?.part === job.openPart
    if (isOpen ? job.openPart !== job.committedPart + 1 : job.openPart !== job.committedPart) {
      yield { invariant: 'I1', message: `The parts of job ${job.id} do not follow each other.` }
    }
    if (job.state === 'done' && tables.requests.openOfJob(job.id) > 0) {
      yield { invariant: 'I9', message: `Job ${job.id} is done, but requests of it are not.` }
    }
  }
}

function* foreignViolations(tables: Tables): Generator<Violation> {
  for (const submission of tables.submissions.all()) {
    const { remoteId, account } = submission
    if (remoteId !== null && tables.foreign.has(`${account}\n${remoteId}`)) {
      yield { invariant: 'I5', message: `Batch ${remoteId} is ours and marked as foreign.` }
    }
  }
}

function* deliveryViolations(tables: Tables): Generator<Violation> {
  const seen = new Set<RequestId>()
  for (const { id, requestIds, position, project, queue } of tables.deliveries.values()) {
    for (const requestId of requestIds.slice(position)) {
      const request = tables.requests.get(requestId)?.request
      const isTheirs =
        request === undefined || (request.project === project && request.queue === queue)
      if (request?.state !== 'done' && request !== undefined) {
        yield {
          invariant: 'I12',
          message: `Delivery ${id} has request ${requestId}, which is not done.`,
        }
      }
      if (!isTheirs || seen.has(requestId)) {
        yield { invariant: 'I12', message: `Delivery ${id} has request ${requestId} wrongly.` }
      }
      seen.add(requestId)
    }
  }
}
