import type { NewMember, Submission } from '@halfrate/core'
import type { Session } from '../session.js'

// A run of neighbouring ids is told by its first, which costs half of what telling each id does. Shorter ones are not worth
// statements of their own.
const LEAST_RUN = 50

// Only a first attempt can be booked directly.
const ASSIGN = `UPDATE progress SET state = 1, attempt_count = attempt_count + 1,
  submission_id = CASE attempt_count WHEN 0 THEN ? END`
const ASSIGN_RUN = `${ASSIGN} WHERE id >= ? AND id <= ?`
const ASSIGN_EACH = `${ASSIGN} WHERE id IN (SELECT value FROM json_each(?))`

// Appends at the end of the submission's run of the primary key. `m` holds the members in their order.
function addMembers(requestId: string, holdNano: string): string {
  return `INSERT INTO attempts (submission_id, ordinal, request_id, project_id, account_id, number,
    body_id, item_bytes, hold_nano, withdrawn, possibly_paid, waste)
  SELECT ?, ? + m.key, r.id, r.project_id, r.account_id, p.attempt_count, r.body_id, r.item_bytes,
    ${holdNano}, 0, 0, 0
  FROM json_each(?) m CROSS JOIN requests r ON r.id = ${requestId} CROSS JOIN progress p ON p.id = r.id`
}

const ADD_RUN = addMembers('? + m.key', 'm.value')
const ADD_EACH = addMembers('m.value ->> 0', 'm.value ->> 1')

/** Makes what was taken members of a submission, from an ordinal on: an attempt each, in their order. */
export function assignMembers(
  session: Session,
  submission: Submission,
  firstOrdinal: number,
  taken: readonly NewMember[],
): void {
  const runs = runsOf(taken)
  if (runs.length * LEAST_RUN > taken.length) {
    assignEach(session, submission, firstOrdinal, taken)
    return
  }
  let ordinal = firstOrdinal
  for (const run of runs) {
    assignRun(session, submission, ordinal, run)
    ordinal += run.length
  }
}

/** Splits members where ids are not neighbours. */
function runsOf(taken: readonly NewMember[]): readonly (readonly NewMember[])[] {
  const runs: NewMember[][] = []
  let nextId = -1
  for (const member of taken) {
    if (member.requestId === nextId) runs.at(-1)?.push(member)
    else runs.push([member])
    nextId = member.requestId + 1
  }
  return runs
}

function assignRun(
  { db }: Session,
  { id }: Submission,
  firstOrdinal: number,
  run: readonly NewMember[],
): void {
  const firstId = run[0]?.requestId ?? 0
  db.run(ASSIGN_RUN, id, firstId, firstId + run.length - 1)
  const holds = JSON.stringify(run.map(({ holdNano }) => holdNano))
  db.run(ADD_RUN, id, firstOrdinal, holds, firstId)
}

function assignEach(
  { db }: Session,
  { id }: Submission,
  firstOrdinal: number,
  taken: readonly NewMember[],
): void {
  db.run(ASSIGN_EACH, id, JSON.stringify(taken.map(({ requestId }) => requestId)))
  const members = JSON.stringify(taken.map(({ requestId, holdNano }) => [requestId, holdNano]))
  db.run(ADD_EACH, id, firstOrdinal, members)
}
