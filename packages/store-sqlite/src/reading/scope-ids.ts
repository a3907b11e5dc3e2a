import type { RequestScope } from '@halfrate/core'
import type { JobsTable, ScopeIds } from '@halfrate/store-sql'
import type { Session } from '../session.js'

const JOB = 'SELECT * FROM jobs WHERE id = ? AND project_id = ? AND committed_part > 0'

/** A job with a committed part, for reading; undefined for any other, and for another project's. */
export function readableJob(
  session: Session,
  projectId: number,
  jobId: number,
): JobsTable | undefined {
  return session.reader.get<JobsTable>(JOB, jobId, projectId)
}

/** A scope in numbers; null when nothing can be in it. */
export function scopeIdsOf(session: Session, scope: RequestScope): ScopeIds | null {
  const projectId = session.names.find(scope.project)
  if (projectId === null) return null
  const queueId = scope.queue === undefined ? null : session.names.find(scope.queue)
  if (scope.queue !== undefined && queueId === null) return null
  if (scope.jobId === undefined) return { projectId, queueId, job: null }
  const job = readableJob(session, projectId, scope.jobId)
  return job === undefined ? null : { projectId, queueId, job }
}
