import type { AttemptRef, ReleaseEffect, ReleaseFacts, Verdict } from '@halfrate/core'
import {
  outcomeTypes,
  type RequestsNow,
  requestStates,
  resultOf,
  verdictOf,
} from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import type { Step } from '../session.js'
import { type AttemptFacts, attemptsOf, isLive } from './attempt-facts.js'
import { lockRequests } from './lock-requests.js'
import type { RequestWrites } from './request-writes.js'

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

/** A locked member with all attempts of its request; none are given when it is the only one. */
export interface LockedMember {
  readonly row: MemberRow
  readonly attempts: readonly AttemptFacts[]
}

// By primary keys.
const READ = `SELECT a.submission_id, a.ordinal, a.request_id, a.body_id, a.item_bytes, a.hold_nano,
    a.outcome, a.released_at, a.withdrawn, r.state, r.verdict, r.verdict_detail,
    r.result_in, r.result_at, r.cancel_requested_at, r.attempt_count, r.not_before
  FROM attempts_now a JOIN requests_now r ON r.id = a.request_id
  WHERE a.submission_id = $1 AND a.ordinal = ANY($2::bigint[]) ORDER BY a.ordinal`
const REQUESTS_OF = `SELECT request_id FROM attempts
  WHERE submission_id = $1 AND ordinal = ANY($2::bigint[])`

/** Locks the requests of members of a submission and reads what letting them go needs, by ordinal. */
export async function lockMembers(
  step: Step,
  submissionId: number,
  ordinals: readonly number[],
): Promise<ReadonlyMap<number, LockedMember>> {
  const places = numbers(ordinals)
  const members = await step.db.all<{ request_id: number }>(REQUESTS_OF, submissionId, places)
  await lockRequests(
    step,
    members.map((member) => member.request_id),
    'member',
  )
  const rows = await step.db.all<MemberRow>(READ, submissionId, places)
  const several = rows.filter((row) => row.attempt_count > 1).map((row) => row.request_id)
  const attempts = await attemptsOf(step, several)
  return new Map(
    rows.map((row) => [row.ordinal, { row, attempts: attempts.get(row.request_id) ?? [] }]),
  )
}

/** The facts that core decides a release on. */
export function releaseFactsOf({ row, attempts }: LockedMember): ReleaseFacts {
  const others = attempts.filter((other) => !isMember(row, other))
  return {
    attempt: { outcome: outcomeTypes.wordOrNull(row.outcome), released: !isLive(row) },
    request: {
      state: requestStates.word(row.state),
      cancelRequested: row.cancel_requested_at !== null,
      verdict: verdictOf(row),
    },
    otherLive: others.filter(isLive).length,
  }
}

function isMember(row: MemberRow, attempt: AttemptFacts): boolean {
  return attempt.submission_id === row.submission_id && attempt.ordinal === row.ordinal
}

/** Does to the request of a released member what was decided. */
export function applyRelease(
  writes: RequestWrites,
  { row, attempts }: LockedMember,
  effect: Extract<ReleaseEffect, { type: 'release' }>,
  now: number,
): void {
  const { request, countAs } = effect
  writes.count(row.request_id, countAs === 'failure' ? 1 : 0, countAs === 'expiry' ? 1 : 0)
  const from = requestStates.word(row.state)
  if (request.type === 'waiting') {
    const { notBefore, batchLimit, changed } = request
    if (changed !== undefined) writes.changeBody(row.request_id, row.body_id, changed)
    writes.putBack(row.request_id, { from, notBefore, batchLimit })
  }
  if (request.type === 'keep_verdict') {
    const { verdict } = request
    writes.keepVerdict(row.request_id, { verdict, result: resultFor(row, verdict) })
  }
  if (request.type !== 'done') return
  // A verdict that was kept ends the request with the attempt that brought it.
  const { verdict } = request
  const kept = verdictOf(row)
  const wasKept = kept !== null && isSameVerdict(kept, verdict)
  const end = { verdict, result: wasKept ? resultOf(row) : resultFor(row, verdict) }
  // The member itself was released by whoever asks.
  const others = attempts.filter((other) => !isMember(row, other))
  writes.finishEverywhere(row.request_id, from, end, { attempts: others, now })
}

function isSameVerdict(a: Verdict, b: Verdict): boolean {
  return a.status === b.status && a.reason === b.reason && a.detail === b.detail
}

function resultFor(row: MemberRow, verdict: Verdict): AttemptRef | null {
  if (row.outcome === null || verdict.status === 'canceled') return null
  return { submissionId: row.submission_id, ordinal: row.ordinal }
}
