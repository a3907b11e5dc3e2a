import type { AccountId, EpochMs, Submission, SubmissionState } from '@halfrate/core'
import { type SubmissionsTable, submissionOf, submissionStates } from '@halfrate/store-sql'
import { pageOf, type Session } from '../session.js'

// By id. There are as many submissions as batches were sent, which is few.
const LIST = `SELECT * FROM submissions
  WHERE id > ? AND account_id = coalesce(?, account_id)
    AND coalesce(send_started_at, -1) >= ? ORDER BY id LIMIT ?`

// The same for given states: by submissions_state, so that the finished ones of years are not looked at.
const LIST_STATES = `SELECT * FROM submissions INDEXED BY submissions_state
  WHERE state IN (SELECT value FROM json_each(?)) AND id > ?
    AND account_id = coalesce(?, account_id) AND coalesce(send_started_at, -1) >= ?
  ORDER BY id LIMIT ?`

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
): readonly Submission[] {
  const { account, states, sentSince = -1, afterId } = params
  const accountId = account === null ? null : (session.names.find(account) ?? 0)
  const page = [afterId, accountId, sentSince, pageOf(session, params.limit)]
  const rows =
    states === null
      ? session.db.all<SubmissionsTable>(LIST, ...page)
      : session.db.all<SubmissionsTable>(LIST_STATES, codesOf(states), ...page)
  return rows.map((row) => submissionOf(row, session.names.textOf))
}

function codesOf(states: readonly SubmissionState[]): string {
  return JSON.stringify(states.map((state) => submissionStates.code(state)))
}
