import { arrayOf, numbers } from '../database/binary-format.js'
import { leaveQueue } from '../requests/waiting.js'
import type { Step } from '../session.js'
import type { PutDecisions, Superseded } from './put-decisions.js'
import type { PutPage } from './put-page.js'

// What the open part lists counts from the commit on; until then the listing before it does.
const LIST = `UPDATE requests r SET listed_before_part = r.listed_part, listed_before_row = r."row",
    listed_part = $1, "row" = v."row"
  FROM unnest($2::bigint[], $3::bigint[]) v(id, "row") WHERE r.id = v.id`
const MARK = `UPDATE requests r SET superseded_by = v.superseded_by,
    listed_part = CASE v.was_listed WHEN 1 THEN r.listed_before_part ELSE r.listed_part END,
    "row" = CASE v.was_listed WHEN 1 THEN coalesce(r.listed_before_row, r."row") ELSE r."row" END
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) v(id, superseded_by, was_listed)
  WHERE r.id = v.id`
const TAKE_KEYS = `UPDATE keys k SET request_id = v.id FROM unnest($3::bytea[], $4::bigint[]) v(hash, id)
  WHERE k.project_id = $1 AND k.scope_id = $2 AND k.hash = v.hash`

// For the sweep, once the part is committed.
const TO_CANCEL = `INSERT INTO superseded (id) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING`

/** Writes what a page decided about requests that were there before, or that a later row of it took the place of. */
export async function writeOlder(
  step: Step,
  { part, projectId, scopeId }: PutPage,
  { listed, superseded, taken, added }: PutDecisions,
): Promise<void> {
  const { db } = step
  if (listed.length > 0) {
    const rows = numbers(listed.map((each) => each.row))
    await db.run(LIST, part, numbers(listed.map((each) => each.id)), rows)
  }
  if (superseded.length > 0) await markSuperseded(step, superseded)
  if (taken.size === 0) return
  const keys = [...taken.values()]
  const hashes = arrayOf(
    'bytea',
    keys.map(({ hash }) => hash),
  )
  await db.run(TAKE_KEYS, projectId, scopeId, hashes, numbers(keys.map(({ id }) => id)))
  const older = [
    ...superseded.map(({ id }) => id),
    ...added.filter((each) => each.supersededBy !== null).map(({ id }) => id),
  ]
  await db.run(TO_CANCEL, numbers(older))
}

async function markSuperseded(step: Step, superseded: readonly Superseded[]): Promise<void> {
  const ids = superseded.map(({ id }) => id)
  await step.db.run(
    MARK,
    numbers(ids),
    numbers(superseded.map(({ supersededBy }) => supersededBy)),
    numbers(superseded.map(({ wasListed }) => (wasListed ? 1 : 0))),
  )
  await leaveQueue(step, ids)
}
