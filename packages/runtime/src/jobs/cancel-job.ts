import type { Store, Job as StoredJob } from '@halfrate/core'
import { cancelScope } from './cancel-requests.js'

/** What canceling a job did. Rows that were done before stay as they were, and are in no figure. */
export interface CanceledRows {
  /** Canceled at once; they are never sent. */
  readonly canceled: number
  /**
   * At Claude, or on the way there. What Claude answers all the same is paid and kept; the others become canceled.
   */
  readonly atClaude: number
}

/** Cancels every row of a job that is not done, page by page. Calling it again does no harm. */
export async function cancelJob(store: Store, job: StoredJob): Promise<CanceledRows> {
  const scope = { project: job.project, jobId: job.id }
  const { canceled, withdrawn, flagged } = await cancelScope(store, scope)
  return { canceled: canceled + withdrawn, atClaude: flagged }
}
