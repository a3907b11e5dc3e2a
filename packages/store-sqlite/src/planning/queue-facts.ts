import type {
  AccountId,
  JobId,
  ProjectId,
  QueueFacts,
  QueueName,
  Submission,
  WaitingGroup,
} from '@halfrate/core'
import { type SubmissionsTable, submissionOf } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { countWaiting, type Question } from './count-waiting.js'
import { nextDueIn, type WaitingRange, waitingRanges } from './waiting-ranges.js'

// Uses submissions_queue.
const FILLING = `SELECT * FROM submissions
  WHERE project_id = ? AND queue_id = ? AND state = 0 ORDER BY id`

/** See `PlanningStore.queueFacts`. */
export function queueFacts(
  session: Session,
  params: Readonly<{
    project: ProjectId
    queue: QueueName
    upTo: number
    except?: readonly JobId[] | undefined
  }>,
): QueueFacts {
  const projectId = session.names.find(params.project)
  const queueId = session.names.find(params.queue)
  if (projectId === null || queueId === null) return { groups: [], nextDueAt: null, filling: [] }
  const now = session.now()
  const except = new Set<number>(params.except ?? [])
  return {
    groups: groupsOf(session, { projectId, queueId, upTo: params.upTo, except, now }),
    nextDueAt: nextDueIn(session, projectId, queueId),
    filling: fillingOf(session, projectId, queueId),
  }
}

function groupsOf(session: Session, question: Question): readonly WaitingGroup[] {
  return rangesByGroup(session, question).flatMap((ranges) => {
    const [first] = ranges
    const facts = countWaiting(session, question, ranges)
    if (first === undefined || (facts.count === 0 && facts.maxId === 0)) return []
    return [
      {
        account: session.names.textOf(first.account_id) as AccountId,
        lane: session.names.textOf(first.lane_id),
        batchLimit: first.batch_limit === 0 ? null : first.batch_limit,
        ...facts,
      },
    ]
  })
}

// They come in the order of their groups.
function rangesByGroup(
  session: Session,
  { projectId, queueId, except }: Question,
): readonly (readonly WaitingRange[])[] {
  const groups: WaitingRange[][] = []
  for (const range of waitingRanges(session, projectId, queueId)) {
    if (except.has(range.job_id)) continue
    const last = groups.at(-1)
    if (last?.[0] !== undefined && isSameGroup(last[0], range)) last.push(range)
    else groups.push([range])
  }
  return groups
}

function isSameGroup(a: WaitingRange, b: WaitingRange): boolean {
  return a.account_id === b.account_id && a.lane_id === b.lane_id && a.batch_limit === b.batch_limit
}

function fillingOf(session: Session, projectId: number, queueId: number): readonly Submission[] {
  return session.db
    .all<SubmissionsTable>(FILLING, projectId, queueId)
    .map((row) => submissionOf(row, session.names.textOf))
}
