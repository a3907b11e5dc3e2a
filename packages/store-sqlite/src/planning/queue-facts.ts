import type {
  AccountId,
  ProjectId,
  QueueFacts,
  QueueName,
  Submission,
  WaitingGroup,
} from '@halfrate/core'
import { type SubmissionsTable, submissionOf } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import {
  IN_RANGE,
  nextDueIn,
  rangeValues,
  type WaitingRange,
  waitingRanges,
} from './waiting-ranges.js'

interface Count {
  readonly count: number
  readonly bytes: number
  readonly oldest: number | null
  readonly newest: number | null
}

// Uses waiting_ranges in the order of ids, which is the order of age, and stops after so many.
const COUNT = `SELECT count(*) AS count, total(item_bytes) AS bytes, min(created_at) AS oldest, max(id) AS newest
  FROM (SELECT id, item_bytes, created_at FROM waiting INDEXED BY waiting_ranges
    WHERE ${IN_RANGE} AND not_before <= ? ORDER BY id LIMIT ?)`

// One seek from either end of the range.
const FIRST = `SELECT created_at FROM waiting INDEXED BY waiting_ranges
  WHERE ${IN_RANGE} AND not_before <= ? ORDER BY id LIMIT 1`
const LAST = `SELECT id FROM waiting INDEXED BY waiting_ranges
  WHERE ${IN_RANGE} AND not_before <= ? ORDER BY id DESC LIMIT 1`

// Uses submissions_queue.
const FILLING = `SELECT * FROM submissions
  WHERE project_id = ? AND queue_id = ? AND state = 0 ORDER BY id`

/** See `PlanningStore.queueFacts`. */
export function queueFacts(
  session: Session,
  params: Readonly<{ project: ProjectId; queue: QueueName; upTo: number }>,
): QueueFacts {
  const projectId = session.names.find(params.project)
  const queueId = session.names.find(params.queue)
  if (projectId === null || queueId === null) return { groups: [], nextDueAt: null, filling: [] }
  const now = session.now()
  return {
    groups: groupsOf(session, { projectId, queueId, upTo: params.upTo, now }),
    nextDueAt: nextDueIn(session, projectId, queueId),
    filling: fillingOf(session, projectId, queueId),
  }
}

interface Question {
  readonly projectId: number
  readonly queueId: number
  readonly upTo: number
  readonly now: number
}

function groupsOf(session: Session, question: Question): readonly WaitingGroup[] {
  const groups: WaitingGroup[] = []
  for (const range of waitingRanges(session, question.projectId, question.queueId)) {
    const group = groupOf(session, range)
    const last = groups.at(-1)
    const isSame = last !== undefined && isSameGroup(last, group)
    const before = isSame ? last : group
    const after = withRange(session, question, before, range)
    if (isSame) groups.pop()
    if (after.count > 0 || after.maxId > 0) groups.push(after)
  }
  return groups
}

function groupOf(session: Session, range: WaitingRange): WaitingGroup {
  return {
    account: session.names.textOf(range.account_id) as AccountId,
    lane: session.names.textOf(range.lane_id),
    batchLimit: range.batch_limit === 0 ? null : range.batch_limit,
    count: 0,
    bytes: 0,
    oldestCreatedAt: Number.POSITIVE_INFINITY,
    maxId: 0,
  }
}

function isSameGroup(a: WaitingGroup, b: WaitingGroup): boolean {
  return a.account === b.account && a.lane === b.lane && a.batchLimit === b.batchLimit
}

// Counting stops at `upTo`; the oldest and the highest id are those of all due ones, and each is one seek.
function withRange(
  session: Session,
  { projectId, queueId, upTo, now }: Question,
  group: WaitingGroup,
  range: WaitingRange,
): WaitingGroup {
  const values = [...rangeValues(projectId, queueId, range), now]
  const room = upTo - group.count
  const counted = session.db.get<Count>(COUNT, ...values, room)
  const count = counted?.count ?? 0
  const isWhole = count < room
  const oldest = isWhole
    ? counted?.oldest
    : session.db.get<{ created_at: number }>(FIRST, ...values)?.created_at
  const newest = isWhole ? counted?.newest : session.db.get<{ id: number }>(LAST, ...values)?.id
  return {
    ...group,
    count: group.count + count,
    bytes: group.bytes + (counted?.bytes ?? 0),
    oldestCreatedAt: Math.min(group.oldestCreatedAt, oldest ?? Number.POSITIVE_INFINITY),
    maxId: Math.max(group.maxId, newest ?? 0),
  }
}

function fillingOf(session: Session, projectId: number, queueId: number): readonly Submission[] {
  return session.db
    .all<SubmissionsTable>(FILLING, projectId, queueId)
    .map((row) => submissionOf(row, session.names.textOf))
}
