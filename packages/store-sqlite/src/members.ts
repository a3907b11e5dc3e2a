import {
  type AttemptRef,
  assertRequestMove,
  type RequestState,
  UNSENT_STATES,
  type Verdict,
} from '@halfrate/core'
import { anyTextOf, outcomeTypes, submissionStates, verdictCode } from '@halfrate/store-sql'
import type { Session } from './session.js'
import { leaveQueue } from './waiting.js'

/** One attempt of a request, with where its submission is. */
export interface AttemptFacts {
  readonly submission_id: number
  readonly ordinal: number
  readonly body_id: number
  readonly item_bytes: number
  readonly hold_nano: number | null
  readonly outcome: number | null
  readonly released_at: number | null
  readonly waste: number
  readonly submission_state: number
}

// By attempts_request; a request has few attempts.
const OF_REQUEST = `SELECT a.submission_id, a.ordinal, a.body_id, a.item_bytes, a.hold_nano, a.outcome,
    a.released_at, a.waste, s.state AS submission_state
  FROM attempts_now a CROSS JOIN submissions s ON s.id = a.submission_id
  WHERE a.request_id = ? ORDER BY a.number`

/** Attempts of a request, oldest first. */
export function attemptsOf(session: Session, requestId: number): readonly AttemptFacts[] {
  return session.db.all<AttemptFacts>(OF_REQUEST, requestId)
}

/** Whether an attempt still decides where its request is. */
export function isLive(attempt: Pick<AttemptFacts, 'released_at'>): boolean {
  return attempt.released_at === null
}

/** Whether an attempt's outcome is a success. */
export function isSuccess(attempt: Pick<AttemptFacts, 'outcome'>): boolean {
  return attempt.outcome === outcomeTypes.code('succeeded')
}

const UNSENT_CODES: readonly number[] = UNSENT_STATES.map((state) => submissionStates.code(state))

/** Whether an attempt is in a submission of which no byte was sent. */
export function isUnsent(attempt: Pick<AttemptFacts, 'submission_state'>): boolean {
  return UNSENT_CODES.includes(attempt.submission_state)
}

// Both by primary key.
const WITHDRAW = `UPDATE attempts SET withdrawn = 1, released_at = ?
  WHERE submission_id = ? AND ordinal = ?`
const SHRINK = `UPDATE submissions SET request_count = request_count - 1,
  items_bytes = items_bytes - ?, hold_nano = hold_nano - ? WHERE id = ?`

/** Takes an attempt out of an unsent submission, whose count, bytes and hold go down with it. */
export function withdraw(
  session: Session,
  attempt: Pick<AttemptFacts, 'submission_id' | 'ordinal' | 'item_bytes' | 'hold_nano'>,
): void {
  session.db.run(WITHDRAW, session.now(), attempt.submission_id, attempt.ordinal)
  session.db.run(SHRINK, attempt.item_bytes, attempt.hold_nano ?? 0, attempt.submission_id)
}

/** How a request ends. */
export interface End {
  readonly verdict: Verdict
  readonly result: AttemptRef | null
}

const FINISH = `UPDATE progress SET state = 2, verdict = ?, done_at = ?, submission_id = NULL
  WHERE id = ?`
const KEEP = 'UPDATE progress SET verdict = ?, submission_id = NULL WHERE id = ?'
const POINT = `UPDATE requests SET verdict_detail = ?, result_submission_id = ?, result_ordinal = ?
  WHERE id = ?`

/** Ends a request that is in no unsent submission. */
export function finish(session: Session, requestId: number, from: RequestState, end: End): void {
  assertRequestMove(from, 'done')
  if (from === 'waiting') leaveQueue(session, requestId)
  session.db.run(FINISH, verdictCode(end.verdict), session.now(), requestId)
  session.ended.requestIds.push(requestId)
  point(session, requestId, end)
}

/** Ends a request, and takes it out of every submission in which it has not been sent yet. */
export function finishEverywhere(
  session: Session,
  requestId: number,
  from: RequestState,
  end: End,
): void {
  finish(session, requestId, from, end)
  for (const attempt of attemptsOf(session, requestId)) {
    if (isLive(attempt) && isUnsent(attempt)) withdraw(session, attempt)
  }
}

/** Keeps a verdict on a request for when its last live attempt is released. */
export function keepVerdict(session: Session, requestId: number, end: End): void {
  session.db.run(KEEP, verdictCode(end.verdict), requestId)
  point(session, requestId, end)
}

function point(session: Session, requestId: number, { verdict, result }: End): void {
  const detail = verdict.detail === null ? null : anyTextOf(verdict.detail)
  session.db.run(POINT, detail, result?.submissionId ?? null, result?.ordinal ?? null, requestId)
}
