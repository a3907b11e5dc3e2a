import { type ResultLine, type SettleFacts, settleLine } from '@halfrate/core'
import { verdictCode } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { addResult, type Booking } from './book-line.js'

// By the request's id, and only while the facts below hold: an only attempt, in this submission, of which nothing is
// booked. This narrow row is all that is rewritten; `attempts_now` and `requests_now` show what follows from it.
const BOOK = `UPDATE progress SET state = 2, verdict = ?, result_id = ?, cost_nano = ?,
    realtime_nano = ?, done_at = ?
  WHERE id = ? AND submission_id = ? AND state = 1 AND result_id IS NULL`

// What a line is decided on when its attempt is the request's only one and is open. Which place it has in the
// submission plays no part.
function onlyAttempt(submissionId: number): SettleFacts {
  return {
    self: { submissionId, ordinal: 0 },
    attempt: { outcome: null, released: false, bodyId: 0, sameBytes: null, hasCost: false },
    request: { state: 'assigned', result: null },
    otherLive: 0,
    successes: [],
  }
}

/**
 * Books the lines that end the request of an only attempt, and answers the indexes of the others.
 *
 * The decision is made before the facts are known, and is written only where they are as it supposes.
 */
export function bookDirectly(
  session: Session,
  booking: Booking,
  lines: readonly ResultLine[],
  order: readonly number[],
): readonly number[] {
  const book = session.db.prepare(BOOK)
  const facts = onlyAttempt(booking.submission.id)
  const rest: number[] = []
  const { project, queue } = booking.submission
  const ended: number[] = []
  session.ended.ofQueue = { project, queue, requestIds: ended }
  let passedId = 0
  for (const index of order) {
    const line = lines[index] as ResultLine
    const verdict = line.requestId === passedId ? null : directVerdict(facts, line)
    const isBooked =
      verdict !== null &&
      book.run(
        verdict,
        booking.lastResultId + 1,
        line.costNano,
        line.realtimeNano,
        booking.now,
        line.requestId,
        booking.submission.id,
      ).changes === 1
    if (isBooked) {
      addResult(booking, line)
      ended.push(line.requestId)
    } else {
      rest.push(index)
      // Lines of one request keep their order.
      passedId = line.requestId
    }
  }
  return rest
}

// `progress` has no column for an error type, a detail, or a usability that is not the reason.
function directVerdict(facts: SettleFacts, line: ResultLine): number | null {
  const { verdict } = line
  const isPlain =
    verdict !== null &&
    verdict.detail === null &&
    line.errorType === null &&
    line.usability === verdict.reason
  if (!isPlain) return null
  const effect = settleLine(facts, line)
  const isDirect =
    effect.type === 'fresh' &&
    effect.releases &&
    !effect.waste &&
    effect.turnsToWaste.length === 0 &&
    effect.request.type === 'done'
  return isDirect && effect.request.type === 'done' ? verdictCode(effect.request.verdict) : null
}
