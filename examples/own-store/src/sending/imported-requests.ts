import {
  type ImportedLine,
  InvariantError,
  type Job,
  type JobId,
  type RequestId,
  type Submission,
} from '@halfrate/core'
import { addRequest } from '../intake/add-request.js'
import type { StoredJob } from '../rows/stored-job.js'
import type { Step } from '../step.js'

/** The job to which requests are added that only their results tell of. */
export interface Home {
  readonly submission: Submission
  readonly name: string
  /** The custom ids of the page. */
  readonly keys: readonly string[]
  /** Null until the first request needs it. */
  jobId: JobId | null
  /** The request that a line belongs to; null when the store does not have it. */
  readonly idOf: (line: ImportedLine) => RequestId | null
}

/** A request that was added for a line. */
export interface Imported {
  readonly requestId: RequestId
  readonly line: ImportedLine
}

/** Adds the request of a line to the home's job, accepted and listed, with the custom id as its key. */
export function addImported(step: Step, home: Home, line: ImportedLine): RequestId {
  const { job, listing } = jobOf(step, home)
  if (listing === null) throw new InvariantError(`Job ${job.id} is committed without a listing.`)
  const { project, account, queue, lane } = home.submission
  const at = job.rowCount + 1
  const part = job.committedPart
  const id = addRequest(
    step,
    { project, account, queue, job },
    {
      ...{ row: at, key: line.key, lane, model: line.model, maxTokens: 0, itemBytes: 0 },
      ...{ deadlineAt: null, labels: null, body: new Uint8Array(), prefixId: 0 },
      ...{ paramsHash: '0'.repeat(32), part, listedPart: part, accepted: true, supersedes: null },
    },
  )
  step.pointers.set(step.keys.key({ jobId: job.id }, line.key), id)
  const row = step.jobs.need(job.id)
  step.jobs.set(job.id, { ...row, job: { ...job, rowCount: at } })
  step.also('ZADD', step.keys.of('listing', listing), String(at), String(id))
  return id
}

function jobOf(step: Step, home: Home): StoredJob {
  if (home.jobId !== null) return step.jobs.need(home.jobId)
  const id = step.takeId<JobId>()
  const { project, queue } = home.submission
  const job: Job = {
    ...{ id, project, queue, name: home.name, state: 'committed', committedPart: 1, openPart: 1 },
    fill: 0,
    ...{ sourceDigest: null, rowCount: 0, createdAt: step.now, committedAt: step.now },
  }
  const row = { job, listing: step.takeId(), open: null, publishing: null }
  step.jobs.set(id, row)
  step.pointers.set(step.keys.ofTexts('job-name', project, home.name), id)
  // Nobody has had the id, so nothing is under its keys.
  for (const key of home.keys) step.pointers.set(step.keys.key({ jobId: id }, key), null)
  home.jobId = id
  return row
}
