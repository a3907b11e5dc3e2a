import {
  DEFAULT_PROJECT,
  type Job,
  type ReportCounts,
  type Request,
  type RequestScope,
} from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'

/** A job as it stood before an input was read for it. */
export interface JobBefore {
  readonly job: Job
  /** Of the rows that its newest input listed. */
  readonly counts: ReportCounts
}

/** How a job stands; null when there is none of that name. */
export async function jobBefore(
  { store }: Pick<Halfrate, 'store'>,
  name: string,
): Promise<JobBefore | null> {
  const job = await store.findJob({ project: DEFAULT_PROJECT, name })
  if (job === null) return null
  const scope: RequestScope = { project: job.project, jobId: job.id }
  return { job, counts: (await store.report({ scope })).counts }
}

/**
 * Rows of a job that wait for a batch, so that whoever works on its store sends them: of its newest input or an older one,
 * never sent or put back by `retry`. Those that an input which is being read takes the place of are left out.
 */
export async function* waitingRows(
  { store }: Pick<Halfrate, 'store'>,
  { id, project, queue }: Job,
): AsyncGenerator<Request> {
  // By queue: the scope of a job has only the rows that its newest input listed, and the older ones are sent too.
  const scope: RequestScope = { project, queue }
  const limit = store.traits.pageLimit
  for (let afterId = 0; ; ) {
    const page = await store.listRequests({ scope, states: ['waiting'], afterId, limit })
    const last = page.at(-1)
    if (last === undefined) return
    for (const request of page) {
      if (request.jobId === id && request.supersededBy === null) yield request
    }
    afterId = last.id
  }
}
