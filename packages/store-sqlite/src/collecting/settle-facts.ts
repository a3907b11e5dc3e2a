import {
  type AttemptRef,
  type ResultLine,
  type SettleFacts,
  type Submission,
  UNSENT_STATES,
} from '@halfrate/core'
import { outcomeTypes, type RequestsNow, requestStates, resultOf } from '@halfrate/store-sql'
import { type AttemptFacts, attemptsOf, isLive, isSuccess, isUnsent } from '../members.js'
import type { Session } from '../session.js'

/** An attempt that a line is for, with its request. Kept up to date while a page is booked. */
export interface SettleRow
  extends Pick<RequestsNow, 'state' | 'result_in' | 'result_at' | 'attempt_count'> {
  readonly ordinal: number
  readonly request_id: number
  readonly body_id: number
  readonly outcome: number | null
  readonly result_id: number | null
  readonly cost_nano: number | null
  readonly released_at: number | null
  readonly withdrawn: number
}

const COLUMNS = `a.ordinal, a.request_id, a.body_id, a.outcome, a.result_id, a.cost_nano, a.released_at,
  a.withdrawn,
  r.state, r.result_in, r.result_at, r.attempt_count`

// One statement for all of them, in ascending order: attempts_request finds the place, then a few seeks.
const LOAD = `SELECT ${COLUMNS} FROM json_each(?) j
  CROSS JOIN attempts_now a ON a.request_id = j.value AND a.submission_id = ?
  CROSS JOIN requests_now r ON r.id = a.request_id`

/** Attempts of a submission by request, for the requests that a page of lines is about. */
export function loadSettleRows(
  session: Session,
  submission: Submission,
  requestIds: readonly number[],
): Map<number, SettleRow> {
  // What was never on the wire can't have come back.
  if (UNSENT_STATES.includes(submission.state)) return new Map()
  const rows = session.db.all<SettleRow>(LOAD, JSON.stringify(requestIds), submission.id)
  return new Map(rows.map((row) => [row.request_id, row]))
}

const REQUEST = `SELECT project_id, body_id, item_bytes, state, result_in, result_at, attempt_count
  FROM requests_now WHERE id = ?`
const ORIGINAL = `SELECT body_id, item_bytes FROM attempts INDEXED BY attempts_request
  WHERE request_id = ? AND submission_id = ?`
const NEXT_PLACE = `UPDATE submissions SET next_ordinal = next_ordinal + 1 WHERE id = ?
  RETURNING next_ordinal - 1 AS ordinal`
const ADD = `INSERT INTO attempts (submission_id, ordinal, request_id, project_id, account_id, number,
    body_id, item_bytes, released_at, withdrawn, possibly_paid, waste)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)`
// Booking its line is what ends direct booking for the request.
const COUNT_ATTEMPT = 'UPDATE progress SET attempt_count = ? WHERE id = ?'

type RequestRow = Pick<
  RequestsNow,
  'project_id' | 'body_id' | 'item_bytes' | 'state' | 'result_in' | 'result_at' | 'attempt_count'
>

/** Adds the attempt of a request to a submission, released from birth; null when there is no such request. */
export function addReleasedAttempt(
  session: Session,
  submission: Submission,
  requestId: number,
): SettleRow | null {
  const request = session.db.get<RequestRow>(REQUEST, requestId)
  const projectId = session.names.idOf(submission.project)
  if (request?.project_id !== projectId) return null
  const attemptCount = request.attempt_count + 1
  // A twin sent the same bytes as its original.
  const sent =
    session.db.get<Pick<RequestRow, 'body_id' | 'item_bytes'>>(
      ORIGINAL,
      requestId,
      submission.twinOf,
    ) ?? request
  const ordinal = session.db.get<{ ordinal: number }>(NEXT_PLACE, submission.id)?.ordinal ?? 0
  const releasedAt = session.now()
  session.db.run(
    ADD,
    submission.id,
    ordinal,
    requestId,
    projectId,
    session.names.idOf(submission.account),
    attemptCount,
    sent.body_id,
    sent.item_bytes,
    releasedAt,
  )
  session.db.run(COUNT_ATTEMPT, attemptCount, requestId)
  return {
    ordinal,
    request_id: requestId,
    body_id: sent.body_id,
    outcome: null,
    result_id: null,
    cost_nano: null,
    released_at: releasedAt,
    withdrawn: 0,
    state: request.state,
    result_in: request.result_in,
    result_at: request.result_at,
    attempt_count: attemptCount,
  }
}

const IS_SAME = 'SELECT bytes = ? AS same FROM results WHERE id = ?'
const NO_OTHERS: readonly AttemptFacts[] = []

/** The facts that core decides a line on. Other attempts are only looked up when there are some. */
export function settleFactsOf(
  session: Session,
  submission: Submission,
  row: SettleRow,
  line: ResultLine,
): SettleFacts {
  const self: AttemptRef = { submissionId: submission.id, ordinal: row.ordinal }
  const others =
    row.attempt_count === 1
      ? NO_OTHERS
      : attemptsOf(session, row.request_id).filter((other) => !isAttempt(other, self))
  return {
    self,
    attempt: {
      outcome: outcomeTypes.wordOrNull(row.outcome),
      released: row.released_at !== null && !isReleasedBefore(submission),
      bodyId: row.body_id,
      sameBytes: row.result_id === null ? null : hasBytes(session, row.result_id, line.bytes),
      hasCost: row.cost_nano !== null,
    },
    request: { state: requestStates.word(row.state), result: resultOf(row) },
    otherLive: others.filter((other) => isLive(other) && !isUnsent(other)).length,
    successes: others.filter(isSuccess).map((other) => ({
      ref: { submissionId: other.submission_id, ordinal: other.ordinal },
      bodyId: other.body_id,
      waste: other.waste === 1,
    })),
  }
}

// A twin's attempts are released from birth, an orphan's when it was given up: not for the outcome that is noted now.
function isReleasedBefore({ twinOf, orphan }: Submission): boolean {
  return twinOf !== null || orphan
}

function isAttempt(attempt: AttemptFacts, ref: AttemptRef): boolean {
  return attempt.submission_id === ref.submissionId && attempt.ordinal === ref.ordinal
}

function hasBytes(session: Session, resultId: number, bytes: Uint8Array): boolean {
  return session.db.get<{ same: number }>(IS_SAME, bytes, resultId)?.same === 1
}
