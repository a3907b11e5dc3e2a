import type { Request } from '@halfrate/core'
import { type Halfrate, primerReportOf, readJobPrimer } from '@halfrate/runtime'
import type { RequestPrimer } from '../screen/primer-text.js'

/** What went first of the job of a request, or goes, to write what its rows share to the cache; null where nothing was shared, or asked. */
export async function primerOfRequest(
  { store }: Pick<Halfrate, 'store'>,
  {
    id,
    jobId,
    project,
    queue,
    state,
  }: Pick<Request, 'id' | 'jobId' | 'project' | 'queue' | 'state'>,
): Promise<RequestPrimer | null> {
  if (jobId === null) return null
  const job = { id: jobId, project, queue }
  const report = await primerReportOf(store, job)
  if (report === null) return null
  const isFirst = (await readJobPrimer(store, job))?.requestIds.includes(id) === true
  return { ...report, isFirst, waits: report.state === 'away' && !isFirst && state === 'waiting' }
}
