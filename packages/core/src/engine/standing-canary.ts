import type { Job } from '../model/job.js'
import { type JobCanary, jobCanarySetting } from '../model/job-canary.js'
import { judgeCanary } from '../policy/canary/judge-canary.js'
import type { Store } from '../ports/store.js'
import { requestsOf } from './canary-requests.js'
import { readPolicy } from './policies.js'

/**
 * The canary for which the rest of a job waits now, `away` or `stopped`; null where nothing of the job waits for one: it is over, all
 * of it was replaced, or its queue asks for none any more.
 */
export async function standingCanary(
  store: Pick<Store, 'getSetting' | 'listRequests' | 'traits'>,
  { id: jobId, project, queue }: Pick<Job, 'id' | 'project' | 'queue'>,
): Promise<JobCanary | null> {
  const stored = await store.getSetting(jobCanarySetting(project, jobId))
  const document = (stored?.value ?? null) as JobCanary | null
  if (document === null || (document.state !== 'away' && document.state !== 'stopped')) return null
  if ((await readPolicy({ store }, project, queue)).canary === 0) return null
  const ids = document.requestIds
  const requests = await requestsOf(store, { project, queue, ids })
  return judgeCanary(requests).type === 'nothing' ? null : document
}
