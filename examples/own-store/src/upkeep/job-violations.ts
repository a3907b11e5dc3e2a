import type { JobId, Violation } from '@halfrate/core'
import type { StoredJob } from '../rows/stored-job.js'
import type { Step } from '../step.js'

/** Checks that the parts of jobs follow each other, are counted right, and that done jobs are. */
export async function jobViolations(
  step: Step,
  ids: readonly JobId[],
): Promise<readonly Violation[]> {
  await step.jobs.load(ids)
  const found = await Promise.all(ids.map((id) => violationsOf(step, id)))
  return found.flat()
}

async function violationsOf(step: Step, id: JobId): Promise<readonly Violation[]> {
  const row = step.jobs.get(id)
  if (row === null) return [{ invariant: 'I1', message: `Job ${id} is in an index only.` }]
  const found: Violation[] = []
  const { job, open } = row
  const shouldOpen = open === null ? job.committedPart : job.committedPart + 1
  const isInOrder = job.openPart === shouldOpen && (open === null || open.part === shouldOpen)
  if (!isInOrder) {
    found.push({ invariant: 'I1', message: `The parts of job ${id} do not follow each other.` })
  }
  if ((await storedIn(step, row)) !== (open?.stored ?? 0)) {
    found.push({ invariant: 'I1', message: `Job ${id} does not count its open part right.` })
  }
  if (job.state === 'done' && (await hasOpen(step, id))) {
    found.push({ invariant: 'I9', message: `Job ${id} is done, but requests of it are not.` })
  }
  return found
}

async function storedIn(step: Step, { open }: StoredJob): Promise<number> {
  if (open === null) return 0
  return step.connection.ask<number>('ZCARD', step.keys.of('put', open.listing))
}

async function hasOpen(step: Step, id: JobId): Promise<boolean> {
  const keys = [step.keys.jobAccepted(id, 'waiting'), step.keys.jobAccepted(id, 'assigned')]
  return (await step.connection.ask<number>('EXISTS', ...keys)) > 0
}
