import type { Submission } from '@halfrate/core'
import type { RequestsNow } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { insertRows } from '../database/row-source.js'
import { attemptsOf } from '../requests/attempt-facts.js'
import type { Step } from '../session.js'
import type { SettleRow } from './settle-facts.js'

// A twin sent the same bytes as its original. Requests of another project are not its own.
const MISSING = `SELECT r.id, r.project_id, r.account_id, r.state, r.result_in, r.result_at, r.attempt_count,
    coalesce(o.body_id, r.body_id) AS body_id, coalesce(o.item_bytes, r.item_bytes) AS item_bytes
  FROM requests_now r JOIN submissions s ON s.id = $1 AND s.project_id = r.project_id
  LEFT JOIN attempts o ON o.request_id = r.id AND o.submission_id = s.twin_of
  WHERE r.id = ANY($2::bigint[]) ORDER BY r.id`
const TAKE_PLACES = `UPDATE submissions SET next_ordinal = next_ordinal + $2 WHERE id = $1
  RETURNING next_ordinal - $2 AS first, account_id`
// Booking its line is what ends direct booking for the request.
const COUNT_ATTEMPTS = `UPDATE progress SET attempt_count = attempt_count + 1
  WHERE id = ANY($1::bigint[])`

const COLUMNS = {
  submission_id: 'int8',
  ordinal: 'int8',
  request_id: 'int8',
  project_id: 'int8',
  account_id: 'int8',
  number: 'int8',
  body_id: 'int8',
  item_bytes: 'int8',
  released_at: 'int8',
  withdrawn: 'int8',
  possibly_paid: 'int8',
  waste: 'int8',
} as const

type MissingRow = Pick<
  RequestsNow,
  'id' | 'project_id' | 'body_id' | 'item_bytes' | 'state' | 'result_in' | 'result_at'
> & { readonly attempt_count: number }

/**
 * Adds the attempts of requests that a locked submission does not have yet, released from birth, and puts them to the
 * rows. Requests that do not exist in its project stay unknown.
 */
export async function addReleasedAttempts(
  step: Step,
  submission: Submission,
  requestIds: ReadonlySet<number>,
  rows: Map<number, SettleRow>,
): Promise<void> {
  const { db, now } = step
  const wanted = [...requestIds].filter((id) => !rows.has(id))
  if (wanted.length === 0) return
  const missing = await db.all<MissingRow>(MISSING, submission.id, numbers(wanted))
  if (missing.length === 0) return
  const ids = missing.map((request) => request.id)
  const attempts = await attemptsOf(step, ids)
  const places = await db.get<{ first: number; account_id: number }>(
    TAKE_PLACES,
    submission.id,
    missing.length,
  )
  const { first, account_id: accountId } = places ?? { first: 0, account_id: 0 }
  await insertRows(
    db,
    'attempts',
    COLUMNS,
    missing.map((request, index) => [
      ...[submission.id, first + index, request.id, request.project_id, accountId],
      ...[request.attempt_count + 1, request.body_id, request.item_bytes, now, 0, 0, 0],
    ]),
  )
  await db.run(COUNT_ATTEMPTS, numbers(ids))
  for (const [index, request] of missing.entries()) {
    rows.set(request.id, {
      ordinal: first + index,
      request_id: request.id,
      body_id: request.body_id,
      withdrawn: 0,
      outcome: null,
      released_at: now,
      cost_nano: null,
      result_id: null,
      digest: null,
      state: request.state,
      result_in: request.result_in,
      result_at: request.result_at,
      attempt_count: request.attempt_count + 1,
      others: attempts.get(request.id) ?? [],
    })
  }
}
