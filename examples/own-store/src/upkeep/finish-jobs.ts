import type { JobId } from '@halfrate/core'
import { membersOf } from '../reading/scope.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** Marks committed jobs done of which every request is, at most a page of them. */
export function finishJobs(
  session: Session,
): Promise<{ readonly jobsDone: readonly JobId[]; readonly more: boolean }> {
  const limit = session.pageLimit
  return session.step(async (step) => {
    const finished = await finishedJobs(step, limit)
    const jobsDone = finished.slice(0, limit)
    await step.jobs.load(jobsDone)
    for (const id of jobsDone) {
      const row = step.jobs.need(id)
      step.jobs.set(id, { ...row, job: { ...row.job, state: 'done' } })
      for (const key of openKeysOf(step, id)) step.onlyWithout(key)
    }
    return { jobsDone, more: finished.length > limit }
  })
}

async function finishedJobs(step: Step, limit: number): Promise<readonly JobId[]> {
  const finished: JobId[] = []
  for await (const members of membersOf(step, step.keys.of('jobs-committed'), limit)) {
    const ids = members.map((member) => Number(member) as JobId)
    const open = await Promise.all(
      ids.map((id) => step.connection.ask<number>('EXISTS', ...openKeysOf(step, id))),
    )
    finished.push(...ids.filter((_, index) => open[index] === 0))
    if (finished.length > limit) break
  }
  return finished
}

function openKeysOf(step: Step, id: JobId): readonly string[] {
  return [step.keys.jobAccepted(id, 'waiting'), step.keys.jobAccepted(id, 'assigned')]
}
