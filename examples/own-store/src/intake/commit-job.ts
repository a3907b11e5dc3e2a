import { type CommitResult, isNewestCommit, isOpenIn, type Job } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { OpenPart, StoredJob } from '../rows/stored-job.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { publishPage } from './publish-page.js'

/** See `IntakeStore.commitJob`. One record accepts the part, however large it is. */
export async function commitJob(session: Session, params: In<'commitJob'>): Promise<CommitResult> {
  const result = await session.step(async (step) => {
    await step.jobs.load([params.id])
    const row = step.jobs.get(params.id)
    // An abandoned job was swept away.
    if (row === null) return { type: 'mismatch', stored: 0 } as const
    if (isNewestCommit(row.job, params)) return committedAs(row.job)
    const stored = row.open?.stored ?? 0
    if (row.open === null || !isOpenIn(row.job, params) || stored !== params.newRows) {
      return { type: 'mismatch', stored } as const
    }
    const job = accept(step, row, row.open, params)
    await publishPage(step, job.id, session.pageLimit)
    if (step.jobs.need(job.id).publishing !== null) step.outdateOthers()
    return committedAs(job)
  })
  // The rest of a large one, which the next step would do otherwise.
  await session.step(async () => undefined)
  return result
}

function committedAs(job: Job): CommitResult {
  return { type: 'committed', job }
}

function accept(step: Step, row: StoredJob, open: OpenPart, params: In<'commitJob'>): Job {
  const { part, listing } = open
  const { sourceDigest, rowCount } = params
  const job: Job = {
    ...{ ...row.job, state: 'committed', committedPart: part },
    ...{ sourceDigest, rowCount, committedAt: step.now },
  }
  step.jobs.set(job.id, { job, listing, open: null, publishing: { part, listing, at: 0 } })
  step.also('SADD', step.keys.of('unpublished'), String(job.id))
  if (row.listing !== null) step.also('UNLINK', step.keys.of('listing', row.listing))
  return job
}
