import type { WaitingGroup } from '@halfrate/core'
import type { Session } from '../session.js'
import { IN_RANGE, rangeValues, type WaitingRange } from './waiting-ranges.js'

/** What is asked about a queue's waiting requests. */
export interface Question {
  readonly projectId: number
  readonly queueId: number
  /** How far a group is counted. */
  readonly upTo: number
  /** Jobs that are left out. */
  readonly except: ReadonlySet<number>
  readonly now: number
}

/** What the waiting requests of one group come to. */
export type GroupCounts = Pick<WaitingGroup, 'count' | 'bytes' | 'oldestCreatedAt' | 'maxId'>

const NONE: GroupCounts = {
  count: 0,
  bytes: 0,
  oldestCreatedAt: Number.POSITIVE_INFINITY,
  maxId: 0,
}

interface Count {
  readonly count: number
  readonly bytes: number
  readonly oldest: number | null
  readonly newest: number | null
}

/** Counts the due requests of one group, the oldest first, and no further than is asked. */
export function countWaiting(
  session: Session,
  question: Question,
  ranges: readonly WaitingRange[],
): GroupCounts {
  const inOrder = countInOrder(session, question, ranges)
  if (inOrder !== null) return inOrder
  return ranges.reduce((counts, range) => withRange(session, question, counts, range), NONE)
}

const COUNTS = `SELECT count(*) AS count, total(item_bytes) AS bytes, min(created_at) AS oldest,
  max(id) AS newest`
const OF_GROUP = `project_id = ? AND queue_id = ? AND account_id = ? AND lane_id = ?
  AND batch_limit = ?`
const KEY_ORDER = 'model_id, prefix_id, id'
const KEY_ORDER_BACK = 'model_id DESC, prefix_id DESC, id DESC'

// A run of the primary key, whose rows hold all that is asked: a fifth of the time of COUNT, which looks each one up.
const COUNT_IN_ORDER = `${COUNTS} FROM (SELECT id, item_bytes, created_at FROM waiting
  WHERE ${OF_GROUP} AND not_before <= ? ORDER BY ${KEY_ORDER} LIMIT ?)`
// One seek from either end.
const FIRST_KEY = `SELECT model_id, prefix_id FROM waiting WHERE ${OF_GROUP}
  ORDER BY ${KEY_ORDER} LIMIT 1`
const LAST_KEY = `SELECT model_id, prefix_id FROM waiting WHERE ${OF_GROUP}
  ORDER BY ${KEY_ORDER_BACK} LIMIT 1`
// Uses jobs_open, which is empty most of the time.
const ANY_OPEN = 'SELECT 1 FROM jobs WHERE open_part > committed_part LIMIT 1'

// Where all of a group wait for one model with one prefix, the primary key is the order of age; and where all of it is
// counted, the order plays no part. Null for others, and where some of the
// run is not asked about: jobs that are left out, parts that are open.
function countInOrder(
  session: Session,
  question: Question,
  ranges: readonly WaitingRange[],
): GroupCounts | null {
  const { db } = session
  const { projectId, queueId, upTo, except, now } = question
  const [first] = ranges
  if (first === undefined || except.size > 0 || db.get(ANY_OPEN) !== undefined) return null
  const group = [projectId, queueId, first.account_id, first.lane_id, first.batch_limit]
  const counted = db.get<Count>(COUNT_IN_ORDER, ...group, now, upTo)
  if (counted === undefined) return null
  const { count, bytes, oldest, newest } = counted
  if (count < upTo) {
    return { count, bytes, oldestCreatedAt: oldest ?? Number.POSITIVE_INFINITY, maxId: newest ?? 0 }
  }
  const keys = [FIRST_KEY, LAST_KEY].map((sql) => {
    const key = db.get<{ model_id: number; prefix_id: number }>(sql, ...group)
    return `${key?.model_id} ${key?.prefix_id}`
  })
  if (keys[0] !== keys[1]) return null
  return ranges.reduce<GroupCounts>(
    (counts, range) => withEnds(counts, endsOf(session, question, range)),
    { ...NONE, count, bytes },
  )
}

interface Ends {
  readonly oldest: number
  readonly newest: number
}

function withEnds(counts: GroupCounts, { oldest, newest }: Ends): GroupCounts {
  return {
    ...counts,
    oldestCreatedAt: Math.min(counts.oldestCreatedAt, oldest),
    maxId: Math.max(counts.maxId, newest),
  }
}

// Uses waiting_ranges in the order of ids, which is the order of age, and stops after so many.
const COUNT = `${COUNTS} FROM (SELECT id, item_bytes, created_at FROM waiting INDEXED BY waiting_ranges
    WHERE ${IN_RANGE} AND not_before <= ? ORDER BY id LIMIT ?)`

// Counting stops at `upTo`; the oldest and the highest id are those of all due ones.
function withRange(
  session: Session,
  question: Question,
  counts: GroupCounts,
  range: WaitingRange,
): GroupCounts {
  const { projectId, queueId, upTo, now } = question
  const room = upTo - counts.count
  const values = rangeValues(projectId, queueId, range)
  const counted = session.db.get<Count>(COUNT, ...values, now, room)
  const count = counted?.count ?? 0
  const ends =
    count < room
      ? { oldest: counted?.oldest ?? Number.POSITIVE_INFINITY, newest: counted?.newest ?? 0 }
      : endsOf(session, question, range)
  const sums = { count: counts.count + count, bytes: counts.bytes + (counted?.bytes ?? 0) }
  return withEnds({ ...counts, ...sums }, ends)
}

// One seek from either end of the range.
const FIRST = `SELECT created_at FROM waiting INDEXED BY waiting_ranges
  WHERE ${IN_RANGE} AND not_before <= ? ORDER BY id LIMIT 1`
const LAST = `SELECT id FROM waiting INDEXED BY waiting_ranges
  WHERE ${IN_RANGE} AND not_before <= ? ORDER BY id DESC LIMIT 1`

function endsOf({ db }: Session, { projectId, queueId, now }: Question, range: WaitingRange): Ends {
  const values = [...rangeValues(projectId, queueId, range), now]
  return {
    oldest:
      db.get<{ created_at: number }>(FIRST, ...values)?.created_at ?? Number.POSITIVE_INFINITY,
    newest: db.get<{ id: number }>(LAST, ...values)?.id ?? 0,
  }
}
