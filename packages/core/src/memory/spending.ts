import type { JobId, ProjectId } from '../model/ids.js'
import type { Spending } from '../model/spending.js'
import { NO_SPENDING, plusSpending, spentOn } from '../policy/budget.js'
import type { Tables } from './tables.js'

/** See {@link ReadStore.spending}. */
export function spending(
  tables: Tables,
  { project, jobId }: Readonly<{ project: ProjectId; jobId: JobId }>,
): Spending {
  let sum = NO_SPENDING
  if (tables.jobs.get(jobId)?.project !== project) return sum
  for (const id of tables.requests.ofJob(jobId)) {
    for (const attempt of tables.attempts.ofRequest(id)) {
      const { state } = tables.submissions.need(attempt.submissionId)
      sum = plusSpending(sum, spentOn(attempt, state))
    }
  }
  return sum
}
