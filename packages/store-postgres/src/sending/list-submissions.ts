import type { AccountId, EpochMs, Submission, SubmissionState } from '@halfrate/core'
import { type SubmissionsTable, submissionStates } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { pageOf, type Session } from '../session.js'
import { submissionsOfRows } from '../submissions.js'

// By id, or by submissions_state. There are as many submissions as batches were sent, which is few.
const LIST = `SELECT * FROM submissions
  WHERE id > $1 AND account_id = coalesce($2, account_id)
    AND coalesce(send_started_at, -1) >= $3 AND ($4::bigint[] IS NULL OR state = ANY($4::bigint[]))
  ORDER BY id LIMIT $5`

/** See `SendingStore.listSubmissions`. */
export function listSubmissions(
  session: Session,
  params: Readonly<{
    account: AccountId | null
    states: readonly SubmissionState[] | null
    sentSince?: EpochMs | undefined
    afterId: number
    limit: number
  }>,
): Promise<readonly Submission[]> {
  const { account, states, sentSince = -1, afterId } = params
  return session.read(async (step) => {
    const accountId = account === null ? null : (await step.names.find(step.db, [account]))[0]
    const rows = await step.db.all<SubmissionsTable>(
      LIST,
      afterId,
      // Nobody has the number 0.
      account === null ? null : (accountId ?? 0),
      sentSince,
      states === null ? null : numbers(states.map((state) => submissionStates.code(state))),
      pageOf(step, params.limit),
    )
    return submissionsOfRows(step, rows)
  })
}
