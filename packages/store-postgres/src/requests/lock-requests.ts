import { numbers } from '../database/binary-format.js'
import type { Step } from '../session.js'

// Joined, and not asked with ANY, so that nobody goes through all members of a submission.
const LIVE_OF = `SELECT DISTINCT a.submission_id AS id FROM unnest($1::bigint[]) v(id)
  JOIN attempts a ON a.request_id = v.id JOIN submissions s ON s.id = a.submission_id
  WHERE a.released_at IS NULL`
// Where requests could be withdrawn from. `filling` and `sealed` are 0 and 1.
const UNSENT_OF = `${LIVE_OF} AND s.state IN (0, 1)`
const LOCK_SUBMISSIONS = `SELECT id FROM submissions WHERE id = ANY($1::bigint[])
  ORDER BY id FOR UPDATE`
const LOCK_REQUESTS = `WITH locked AS MATERIALIZED (
    SELECT id, attempt_count FROM progress WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE)
  SELECT id FROM locked WHERE attempt_count >= $2`

/**
 * Where the requests of a step may be, apart from the submission that the step is about.
 *
 * `unsent`: likely in submissions that are still to be sent; then all that they are in are locked first. Otherwise those
 * are looked for after the requests are locked, and one that somebody else holds then ends the try. `member`: the only
 * attempt of a request is in the step's own submission, so such a request is in no other. `anywhere`: it need not be.
 */
export type Whereabouts = 'unsent' | 'member' | 'anywhere'

/**
 * Locks requests until the step is over: all that happens to a request happens under the lock of its `progress`. Reads
 * that decide come after it.
 *
 * A step that withdraws requests from submissions holds those too, since a send that begins fixes what is in it. Locks
 * are taken in one order, so that steps wait for each other and never in a ring: submissions, leases, requests, each
 * kind in the order of ids.
 */
export async function lockRequests(
  step: Step,
  requestIds: readonly number[],
  whereabouts: Whereabouts,
): Promise<void> {
  if (requestIds.length === 0) return
  const ids = numbers(requestIds)
  const before = whereabouts === 'unsent' ? await submissionsOf(step, LIVE_OF, ids) : []
  if (before.length > 0) await step.db.run(LOCK_SUBMISSIONS, numbers(before))
  const fewest = whereabouts === 'member' ? 2 : 1
  const several = await step.db.all<{ id: number }>(LOCK_REQUESTS, ids, fewest)
  if (several.length === 0) return
  const found = await submissionsOf(step, UNSENT_OF, numbers(several.map(({ id }) => id)))
  const missed = found.filter((id) => !before.includes(id))
  if (missed.length > 0) await step.db.run(`${LOCK_SUBMISSIONS} NOWAIT`, numbers(missed))
}

async function submissionsOf(step: Step, sql: string, ids: Buffer): Promise<readonly number[]> {
  const rows = await step.db.all<{ id: number }>(sql, ids)
  return rows.map(({ id }) => id)
}

const LOCK_ROWS = 'SELECT id FROM progress WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE'

/** Locks requests for a step that withdraws none of them from a submission. */
export async function lockRows({ db }: Step, requestIds: readonly number[]): Promise<void> {
  if (requestIds.length > 0) await db.run(LOCK_ROWS, numbers(requestIds))
}
