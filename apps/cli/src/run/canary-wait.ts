import { type Request, standingCanary } from '@halfrate/core'
import { canaryReportOf, type Halfrate } from '@halfrate/runtime'
import { canaryText } from '../screen/canary-text.js'

/** What a request waits for whose job has a canary that is not over; null where it waits for none, or is of the canary itself. */
export async function canaryWaitOf(
  { store }: Pick<Halfrate, 'store'>,
  request: Pick<Request, 'id' | 'jobId' | 'project' | 'queue' | 'state'>,
  flags: { readonly job: string; readonly store: string },
): Promise<string | null> {
  const { id, jobId, project, queue, state } = request
  if (jobId === null || state !== 'waiting') return null
  const of = { id: jobId, project, queue }
  const canary = await standingCanary(store, of)
  if (canary === null || canary.requestIds.includes(id)) return null
  const report = await canaryReportOf(store, of)
  return report === null ? null : canaryText(report, flags.job, flags.store)
}
