import { type ResultLine, type SettleFacts, settleLine } from '@halfrate/core'
import { verdictCode } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { unnested } from '../database/row-source.js'
import type { Step } from '../session.js'
import type { Booking } from './booking.js'

const COLUMNS = {
  id: 'int8',
  verdict: 'int8',
  result_id: 'int8',
  cost_nano: 'int8',
  realtime_nano: 'int8',
} as const

// By the request's id, and only while the facts below hold: an only attempt, in this submission, of which nothing is
// booked. This narrow row is all that is rewritten; `attempts_now` and `requests_now` show what follows from it.
const BOOK = `UPDATE progress p SET state = 2, verdict = v.verdict, result_id = v.result_id,
    cost_nano = v.cost_nano, realtime_nano = v.realtime_nano, done_at = $2`
const WHERE = 'WHERE p.id = v.id AND p.submission_id = $1 AND p.state = 1 AND p.result_id IS NULL'

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

// The numbers of results are this page's own, so they say which rows it has booked.
const BOOKED = `SELECT p.id FROM unnest($1::int8[], $2::int8[]) AS v(id, result_id)
  JOIN progress p ON p.id = v.id AND p.result_id = v.result_id`

/**
 * Books the lines that end the request of an only attempt, and answers the indexes of the others, in the given order.
 *
 * The decision is made before the facts are known, and is written only where they are as it supposes.
 */
export async function bookDirectly(
  { db, now, ended }: Step,
  booking: Booking,
  lines: readonly ResultLine[],
  order: readonly number[],
): Promise<readonly number[]> {
  const tried = directRows(booking, lines, order)
  if (tried.size === 0) return order
  const rows = [...tried.values()]
  const { from, values } = unnested(COLUMNS, rows, 3)
  const count = await db.run(`${BOOK} FROM ${from} ${WHERE}`, booking.submission.id, now, ...values)
  // Mostly it is all of them, and nobody need say which.
  const booked = count === rows.length ? null : await bookedOf(db, rows)
  const requestIds: number[] = []
  ended.ofSubmission = { submissionId: booking.submission.id, requestIds }
  return order.filter((index) => {
    const line = lines[index] as ResultLine
    if (!tried.has(index) || booked?.has(line.requestId) === false) return true
    booking.addResult(line, index)
    requestIds.push(line.requestId)
    return false
  })
}

async function bookedOf(
  db: Step['db'],
  rows: readonly (readonly [id: number, verdict: number, resultId: number, ...rest: unknown[]])[],
): Promise<ReadonlySet<number>> {
  const ids = numbers(rows.map(([id]) => id))
  const resultIds = numbers(rows.map(([, , resultId]) => resultId))
  const booked = await db.all<{ id: number }>(BOOKED, ids, resultIds)
  return new Set(booked.map((row) => row.id))
}

type DirectRow = [
  id: number,
  verdict: number,
  resultId: number,
  costNano: number | null,
  realtimeNano: number | null,
]

// Of the lines of one request only the first is tried: they keep their order.
function directRows(
  booking: Booking,
  lines: readonly ResultLine[],
  order: readonly number[],
): ReadonlyMap<number, DirectRow> {
  const facts = onlyAttempt(booking.submission.id)
  const rows = new Map<number, DirectRow>()
  let passedId = 0
  for (const index of order) {
    const line = lines[index] as ResultLine
    const verdict = line.requestId === passedId ? null : directVerdict(facts, line)
    passedId = line.requestId
    if (verdict === null) continue
    const resultId = booking.resultIdAt(index)
    rows.set(index, [line.requestId, verdict, resultId, line.costNano, line.realtimeNano])
  }
  return rows
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
