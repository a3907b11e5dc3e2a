import type { Job, JobId } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `IntakeStore.openJob`. */
export function openJob(session: Session, params: In<'openJob'>): Promise<Job> {
  return session.step(async (step) => {
    const id = (await jobNamed(step, params)) ?? addJob(step, params)
    const row = step.jobs.need(id)
    if (row.open !== null) {
      step.jobs.set(id, { ...row, open: { ...row.open, touchedAt: step.now } })
      return row.job
    }
    const part = row.job.committedPart + 1
    const job = { ...row.job, openPart: part, sourceDigest: null }
    const open = { part, touchedAt: step.now, stored: 0, listing: step.takeId() }
    step.jobs.set(id, { ...row, job, open })
    return job
  }, 2)
}

/** See `IntakeStore.findJob`. */
export function findJob(session: Session, params: In<'findJob'>): Promise<Job | null> {
  return session.step(async (step) => {
    const id = await jobNamed(step, params)
    return id === null ? null : step.jobs.need(id).job
  })
}

/** The job of a name, loaded; null when there is none. */
export async function jobNamed(
  step: Step,
  of: Pick<Job, 'project' | 'name'>,
): Promise<JobId | null> {
  const key = step.keys.ofTexts('job-name', of.project, of.name)
  await step.pointers.load([key])
  const id = step.pointers.get(key) as JobId | null
  if (id !== null) await step.jobs.load([id])
  return id
}

function addJob(step: Step, params: In<'openJob'>): JobId {
  const id = step.takeId<JobId>()
  const { project, queue, name } = params
  step.pointers.set(step.keys.ofTexts('job-name', project, name), id)
  step.jobs.set(id, {
    job: {
      ...{ id, project, queue, name, state: 'open', committedPart: 0, openPart: 0 },
      fill: 0,
      ...{ sourceDigest: null, rowCount: 0, createdAt: step.now, committedAt: null },
    },
    listing: null,
    open: null,
    publishing: null,
  })
  return id
}
