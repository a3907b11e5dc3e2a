import type { Submission } from '@halfrate/core'
import type { Parameter } from '../database/connection.js'
import type { Step } from '../session.js'
import { submissionColumns } from '../submissions.js'

/** The numbers of a submission's names. */
export interface SubmissionNames {
  readonly projectId: number
  readonly accountId: number
  readonly queueId: number
  readonly laneId: number
}

/**
 * Adds the row of a submission, and answers whether none with the same nonce or batch was there. Its `next_ordinal`
 * begins at 0: it has no members yet.
 */
export async function insertSubmission(
  step: Step,
  submission: Submission,
  ids: SubmissionNames,
): Promise<boolean> {
  const { id, project, account, queue, lane, nonce, batchLimit, upToId, openedAt, ...changing } =
    submission
  const fixed: Record<string, Parameter> = {
    id,
    project_id: ids.projectId,
    account_id: ids.accountId,
    queue_id: ids.queueId,
    lane_id: ids.laneId,
    nonce,
    batch_limit: batchLimit ?? 0,
    up_to_id: upToId,
    opened_at: openedAt,
    next_ordinal: 0,
  }
  const columns = [
    ...Object.entries(fixed).map(([column, value]) => ({ column, value })),
    ...submissionColumns(changing),
  ]
  const names = columns.map(({ column }) => column).join(', ')
  const places = columns.map((_, index) => `$${index + 1}`).join(', ')
  const added = await step.db.run(
    `INSERT INTO submissions (${names}) VALUES (${places}) ON CONFLICT DO NOTHING`,
    ...columns.map(({ value }) => value),
  )
  return added === 1
}
