import type { RequestScope } from '@halfrate/core'
import type { JobsTable, ScopeIds } from '@halfrate/store-sql'
import type { Step } from '../session.js'

const JOB = 'SELECT * FROM jobs WHERE id = $1 AND project_id = $2 AND committed_part > 0'

/** A job with a committed part, for reading; undefined for any other, and for another project's. */
export function readableJob(
  { db }: Step,
  projectId: number,
  jobId: number,
): Promise<JobsTable | undefined> {
  return db.get<JobsTable>(JOB, jobId, projectId)
}

/** A scope in numbers; null when nothing can be in it. */
export async function scopeIdsOf(step: Step, scope: RequestScope): Promise<ScopeIds | null> {
  const texts = [scope.project, ...(scope.queue === undefined ? [] : [scope.queue])]
  const [projectId, queueId = null] = await step.names.find(step.db, texts)
  if (projectId == null) return null
  if (scope.queue !== undefined && queueId === null) return null
  if (scope.jobId === undefined) return { projectId, queueId, job: null }
  const job = await readableJob(step, projectId, scope.jobId)
  return job === undefined ? null : { projectId, queueId, job }
}
