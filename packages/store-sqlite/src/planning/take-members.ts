import { InvariantError, type NanoUsd, type NewMember, type RequestId } from '@halfrate/core'
import type { Session } from '../session.js'

/** Where in the queue a submission takes its members from, in the numbers of the tables. */
export interface Place {
  readonly project_id: number
  readonly queue_id: number
  readonly account_id: number
  readonly lane_id: number
  readonly batch_limit: number
}

/** A request that was taken out of the queue for a submission. */
export interface TakenMember {
  readonly requestId: RequestId
  readonly itemBytes: number
  readonly holdNano: NanoUsd | null
}

/**
 * Takes out of the queue what can be taken, in the order of the members: what waits, is of a committed part and fits the
 * submission. One that was taken, canceled or superseded meanwhile has no row.
 *
 * A page as it was just read is a run of the queue's primary key. That it still is one costs a look at the run, and the
 * run goes at a quarter of what its rows cost one by one.
 */
export function takeMembers(
  session: Session,
  place: Place,
  members: readonly NewMember[],
): readonly TakenMember[] {
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
const READ_RUN = `SELECT id, item_bytes, job_id, part FROM waiting WHERE ${RUN}
  ORDER BY prefix_id, id LIMIT ?`
const TAKE_RUN = `DELETE FROM waiting WHERE ${RUN}`

interface RunRow {
  readonly id: number
  readonly item_bytes: number
  readonly job_id: number
  readonly part: number
}

// Null when the members are not exactly a run of one model, each of which may be taken.
function takeRun(
  session: Session,
  groupValues: readonly number[],
  members: readonly NewMember[],
): readonly TakenMember[] | null {
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
  // Others may stand between the ends, any number of them; then the rows read before the limit are not the members.
  const rows = db.all<RunRow>(READ_RUN, ...run, members.length)
  const isRun = members.every(({ requestId }, index) => rows[index]?.id === requestId)
  if (!isRun || !areCommitted(session, rows)) return null
  if (db.run(TAKE_RUN, ...run) !== members.length) {
    throw new InvariantError('A run of the queue was not what it was read as.')
  }
  return members.map(({ requestId, holdNano }, index) => ({
    requestId,
    itemBytes: rows[index]?.item_bytes ?? 0,
    holdNano,
  }))
}

const COMMITTED_PART = 'SELECT committed_part FROM jobs WHERE id = ?'

// Neighbours are mostly of one job.
function areCommitted({ db }: Session, rows: readonly RunRow[]): boolean {
  const parts = new Map<number, number>([[0, Number.POSITIVE_INFINITY]])
  for (const { job_id, part } of rows) {
    let committed = parts.get(job_id)
    if (committed === undefined) {
      committed = db.get<{ committed_part: number }>(COMMITTED_PART, job_id)?.committed_part ?? -1
      parts.set(job_id, committed)
    }
    if (part > committed) return false
  }
  return true
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
): readonly TakenMember[] {
  const rows = session.db.all<{ id: number; item_bytes: number }>(
    TAKE,
    JSON.stringify(members.map((member) => member.requestId)),
    ...groupValues,
  )
  const sizes = new Map(rows.map((row) => [row.id, row.item_bytes]))
  return members.flatMap(({ requestId, holdNano }) => {
    const itemBytes = sizes.get(requestId)
    // A member that is named twice joins once.
    sizes.delete(requestId)
    return itemBytes === undefined ? [] : [{ requestId, itemBytes, holdNano }]
  })
}
