import {
  type AttemptRef,
  assertRequestMove,
  type ChangedBody,
  type ReleaseEffect,
  type ReleaseFacts,
  type Verdict,
} from '@halfrate/core'
import {
  outcomeTypes,
  type RequestsNow,
  requestStates,
  resultOf,
  verdictOf,
} from '@halfrate/store-sql'
import { addChild } from '../child-body.js'
import { attemptsOf, finish, finishEverywhere, isLive, keepVerdict } from '../members.js'
import type { Session } from '../session.js'
import { enqueue, leaveQueue } from '../waiting.js'

/** A member with its request, as far as letting it go needs. */
export interface MemberRow
  extends Pick<
    RequestsNow,
    | 'state'
    | 'verdict'
    | 'verdict_detail'
    | 'result_in'
    | 'result_at'
    | 'cancel_requested_at'
    | 'attempt_count'
    | 'not_before'
  > {
  readonly submission_id: number
  readonly ordinal: number
  readonly request_id: number
  readonly body_id: number
  readonly item_bytes: number
  readonly hold_nano: number | null
  readonly outcome: number | null
  readonly released_at: number | null
  readonly withdrawn: number
}

/** What every read of members selects. */
export const SELECT_MEMBERS = `SELECT a.submission_id, a.ordinal, a.request_id, a.body_id, a.item_bytes, a.hold_nano,
    a.outcome, a.released_at, a.withdrawn, r.state, r.verdict, r.verdict_detail,
    r.result_in, r.result_at, r.cancel_requested_at, r.attempt_count, r.not_before
  FROM attempts_now a CROSS JOIN requests_now r ON r.id = a.request_id`

// One seek in each table.
const FIND = `${SELECT_MEMBERS} WHERE a.submission_id = ? AND a.ordinal = ?`

/** A member by its place; undefined for none. */
export function findMember(
  session: Session,
  submissionId: number,
  ordinal: number,
): MemberRow | undefined {
  return session.db.get<MemberRow>(FIND, submissionId, ordinal)
}

/** The facts that core decides a release on. Other attempts are only looked up when there are some. */
export function releaseFactsOf(session: Session, member: MemberRow): ReleaseFacts {
  return {
    attempt: {
      outcome: outcomeTypes.wordOrNull(member.outcome),
      released: !isLive(member),
    },
    request: {
      state: requestStates.word(member.state),
      cancelRequested: member.cancel_requested_at !== null,
      verdict: verdictOf(member),
    },
    otherLive: member.attempt_count === 1 ? 0 : otherLive(session, member),
  }
}

function otherLive(session: Session, member: MemberRow): number {
  return attemptsOf(session, member.request_id).filter(
    (other) =>
      isLive(other) &&
      (other.submission_id !== member.submission_id || other.ordinal !== member.ordinal),
  ).length
}

// By id. A limit of null leaves the one that it has.
const PUT_BACK = `UPDATE requests SET not_before = ?, batch_limit = coalesce(?, batch_limit),
  failure_count = failure_count + ?, expiry_count = expiry_count + ? WHERE id = ?`
const ASK = 'UPDATE requests SET body_id = ?, item_bytes = ?, max_tokens = ? WHERE id = ?'
const STAND_ALONE = 'UPDATE requests SET prefix_id = 0 WHERE id = ?'
// The model of attempts is that of their request until it asks another one.
const KEEP_MODEL = `UPDATE attempts SET model_id = (SELECT r.model_id FROM requests r WHERE r.id = request_id)
  WHERE request_id = ? AND model_id IS NULL`
const ASK_MODEL = 'UPDATE requests SET model_id = ? WHERE id = ?'
const BACK = 'UPDATE progress SET state = 0, submission_id = NULL WHERE id = ?'
const COUNT = `UPDATE requests SET failure_count = failure_count + ?, expiry_count = expiry_count + ?
  WHERE id = ?`

/** Does to the request of a released member what was decided. */
export function applyRelease(
  session: Session,
  member: MemberRow,
  effect: Extract<ReleaseEffect, { type: 'release' }>,
): void {
  const failures = effect.countAs === 'failure' ? 1 : 0
  const expiries = effect.countAs === 'expiry' ? 1 : 0
  const { request } = effect
  if (request.type === 'waiting') {
    const { notBefore, batchLimit, changed } = request
    const from = requestStates.word(member.state)
    if (from !== 'waiting') assertRequestMove(from, 'waiting')
    if (from === 'waiting') leaveQueue(session, member.request_id)
    session.db.run(PUT_BACK, notBefore, batchLimit, failures, expiries, member.request_id)
    if (changed !== undefined) ask(session, member, changed)
    session.db.run(BACK, member.request_id)
    enqueue(session, member.request_id, member.request_id)
    return
  }
  if (failures + expiries > 0) session.db.run(COUNT, failures, expiries, member.request_id)
  if (request.type === 'keep_verdict') {
    const { verdict } = request
    keepVerdict(session, member.request_id, { verdict, result: resultFor(member, verdict) })
  }
  if (request.type === 'done') end(session, member, request.verdict)
}

function ask(session: Session, { request_id: id, body_id }: MemberRow, changed: ChangedBody): void {
  const { db, names } = session
  const { itemBytes, maxTokens, model, standsAlone = false } = changed
  db.run(ASK, addChild(session, body_id, changed), itemBytes, maxTokens, id)
  if (standsAlone) db.run(STAND_ALONE, id)
  if (model === undefined) return
  db.run(KEEP_MODEL, id)
  db.run(ASK_MODEL, names.idOf(model), id)
}

// A verdict that was kept ends the request with the attempt that brought it.
function end(session: Session, member: MemberRow, verdict: Verdict): void {
  const kept = verdictOf(member)
  const wasKept = kept !== null && isSameVerdict(kept, verdict)
  const result = wasKept ? resultOf(member) : resultFor(member, verdict)
  const from = requestStates.word(member.state)
  const finishRequest = member.attempt_count === 1 ? finish : finishEverywhere
  finishRequest(session, member.request_id, from, { verdict, result })
}

function isSameVerdict(a: Verdict, b: Verdict): boolean {
  return a.status === b.status && a.reason === b.reason && a.detail === b.detail
}

function resultFor(member: MemberRow, verdict: Verdict): AttemptRef | null {
  if (member.outcome === null || verdict.status === 'canceled') return null
  return { submissionId: member.submission_id, ordinal: member.ordinal }
}
