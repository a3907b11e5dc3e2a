import { InvariantError, type NewMember } from '@halfrate/core'
import type { Session } from '../session.js'

/** Where in the queue a submission takes its members from, in the numbers of the tables. */
export interface Place {
  readonly project_id: number
  readonly queue_id: number
  readonly account_id: number
  readonly lane_id: number
  readonly batch_limit: number
}

/** Requests that were taken out of the queue for a submission. */
export interface Taken {
  readonly members: readonly NewMember[]
  readonly itemsBytes: number
}

/**
 * Takes out of the queue what can be taken, in the order of the members: what waits, is of a committed part and fits the
 * submission. One that was taken, canceled or superseded meanwhile has no row.
 *
 * A page as it was just read is a run of the queue's primary key. That it still is one costs a look at the run, and the
 * run goes at a quarter of what its rows cost one by one.
 */
export function takeMembers(session: Session, place: Place, members: readonly NewMember[]): Taken {
  const groupValues = [
    place.project_id,
    place.queue_id,
    place.account_id,
    place.lane_id,
    place.batch_limit,
  ]
  return takeRun(session, groupValues, members) ?? takeEach(session, groupValues, members)
}

// In the order of the primary key, as far as it goes.
const OF_GROUP =
  'project_id = ? AND queue_id = ? AND account_id = ? AND lane_id = ? AND batch_limit = ?'
const KEY = 'project_id, queue_id, account_id, lane_id, batch_limit, model_id, prefix_id, id'

const END = 'SELECT model_id, prefix_id FROM requests WHERE id = ?'
const RUN = `${OF_GROUP} AND model_id = ? AND (prefix_id, id) BETWEEN (?, ?) AND (?, ?)`
// As one row: thousands of objects would live as long as their page, and be garbage then.
const READ_RUN = `SELECT group_concat(id) AS ids, total(item_bytes) AS bytes,
    total(job_id > 0 AND part > coalesce(
      (SELECT committed_part FROM jobs WHERE jobs.id = job_id), -1)) AS uncommitted
  FROM (SELECT id, item_bytes, job_id, part FROM waiting WHERE ${RUN} ORDER BY prefix_id, id LIMIT ?)`
const TAKE_RUN = `DELETE FROM waiting WHERE ${RUN}`

interface Run {
  readonly ids: string | null
  readonly bytes: number
  readonly uncommitted: number
}

// Null when the members are not exactly a run of one model, each of which may be taken.
function takeRun(
  session: Session,
  groupValues: readonly number[],
  members: readonly NewMember[],
): Taken | null {
  const { db } = session
  const ends = [members[0], members.at(-1)].map((member) => {
    const id = member?.requestId ?? 0
    const row = db.get<{ model_id: number; prefix_id: number }>(END, id)
    return { id, modelId: row?.model_id ?? 0, prefixId: row?.prefix_id ?? 0 }
  })
  const [first, last] = ends
  if (first === undefined || last === undefined || first.modelId !== last.modelId) return null
  const { modelId } = first
  const run = [...groupValues, modelId, first.prefixId, first.id, last.prefixId, last.id]
  // Others may stand between the ends, any number of them; then what is read up to the limit is not the members.
  const found = db.get<Run>(READ_RUN, ...run, members.length)
  const ids = members.map(({ requestId }) => requestId).join(',')
  if (found?.ids !== ids || found.uncommitted > 0) return null
  if (db.run(TAKE_RUN, ...run) !== members.length) {
    throw new InvariantError('A run of the queue was not what it was read as.')
  }
  return { members, itemsBytes: found.bytes }
}

// By the whole primary key, which the request's own row gives.
const TAKE = `DELETE FROM waiting
  WHERE (${KEY}) IN (SELECT ${KEY} FROM requests WHERE id IN (SELECT value FROM json_each(?)))
    AND ${OF_GROUP}
    AND (job_id = 0 OR part <= (SELECT committed_part FROM jobs WHERE jobs.id = waiting.job_id))
  RETURNING id, item_bytes`

function takeEach(
  session: Session,
  groupValues: readonly number[],
  members: readonly NewMember[],
): Taken {
  const rows = session.db.all<{ id: number; item_bytes: number }>(
    TAKE,
    JSON.stringify(members.map((member) => member.requestId)),
    ...groupValues,
  )
  const ids = new Set(rows.map(({ id }) => id))
  return {
    // A member that is named twice joins once.
    members: members.filter(({ requestId }) => ids.delete(requestId)),
    itemsBytes: rows.reduce((sum, row) => sum + row.item_bytes, 0),
  }
}
