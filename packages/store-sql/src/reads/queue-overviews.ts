import { type QueueName, type QueueOverview, queueOfSetting } from '@halfrate/core'
import { submissionStates } from '../codes.js'
import type { NameOf } from '../rows/name-of.js'

/** Statements about the queues of one project; each binds one value. */
export interface QueueStatements {
  /** Binds the project's number. Goes through what waits, however much that is, along one index. */
  readonly waiting: string
  /** Binds the project's number. */
  readonly batches: string
  /** Binds the project's number. */
  readonly jobs: string
  /** Binds the scope of the project's documents. */
  readonly settings: string
}

/** The statements, with the value in the database's own way: `?` or `$1`. */
export function queueStatements(value: '?' | '$1'): QueueStatements {
  return {
    waiting: `SELECT w.queue_id, count(*) AS count, min(w.created_at) AS oldest_at
      FROM waiting w LEFT JOIN jobs j ON j.id = w.job_id
      WHERE w.project_id = ${value} AND (w.job_id = 0 OR w.part <= j.committed_part)
      GROUP BY w.queue_id`,
    batches: `SELECT queue_id, state, sum(request_count) AS count FROM submissions
      WHERE project_id = ${value} GROUP BY queue_id, state`,
    jobs: `SELECT DISTINCT queue_id FROM jobs WHERE project_id = ${value} AND committed_part > 0`,
    settings: `SELECT name FROM settings WHERE scope = ${value}`,
  }
}

/** What waits in a queue. */
export interface WaitingInQueue {
  readonly queue_id: number
  readonly count: number
  readonly oldest_at: number
}

/** Requests in a queue's batches of one state. */
export interface BatchesOfQueue {
  readonly queue_id: number
  readonly state: number
  readonly count: number
}

/** The answers of {@link QueueStatements}. */
export interface QueueRows {
  readonly waiting: readonly WaitingInQueue[]
  readonly batches: readonly BatchesOfQueue[]
  readonly jobs: readonly { readonly queue_id: number }[]
  readonly settings: readonly { readonly name: string }[]
}

const OVER: ReadonlySet<number> = new Set(
  (['dissolved', 'rejected', 'lost', 'collected'] as const).map((word) =>
    submissionStates.code(word),
  ),
)

/** Puts the queues of a project together, by name. */
export function queueOverviewsOf(rows: QueueRows, nameOf: NameOf): readonly QueueOverview[] {
  const queues = new Map<QueueName, QueueOverview>()
  const at = (queue: QueueName): QueueOverview =>
    queues.get(queue) ?? { queue, waiting: 0, oldestWaitingAt: null, inBatches: {} }
  const named = (id: number): QueueOverview => at(nameOf(id) as QueueName)
  const put = (overview: QueueOverview): void => {
    queues.set(overview.queue, overview)
  }
  for (const { queue_id: id, count, oldest_at: oldestWaitingAt } of rows.waiting) {
    put({ ...named(id), waiting: count, oldestWaitingAt })
  }
  for (const { queue_id: id, state, count } of rows.batches) {
    const before = named(id)
    const inBatches = { ...before.inBatches, [submissionStates.word(state)]: count }
    put(OVER.has(state) ? before : { ...before, inBatches })
  }
  for (const { queue_id: id } of rows.jobs) put(named(id))
  for (const { name } of rows.settings) {
    const queue = queueOfSetting(name)
    if (queue !== null) put(at(queue))
  }
  return [...queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1))
}
