import {
  type EpochMs,
  laneOf,
  type ProjectId,
  type QueueName,
  queueSetting,
  type Request,
  type ResultRow,
  type Route,
  type Store,
  usablePolicy,
} from '@halfrate/core'
import {
  judgeRollout,
  type RolloutVerdict,
  type RouteFigures,
  RouteTally,
} from '@halfrate/core/routing'
import { queueAnswers } from '../answers/queue-answers.js'

/** How far the rollout of a queue is, and what both routes came to. */
export interface RolloutStand {
  readonly queue: QueueName
  /** How much of what is enqueued goes in batches now. */
  readonly batchPercent: number
  /** Requests done from then on are counted. */
  readonly since: EpochMs
  readonly batch: RouteFigures
  readonly realtime: RouteFigures
  readonly verdict: RolloutVerdict
}

/** Whose rollout is looked at, and by what. */
export interface RolloutQuestion {
  readonly store: Pick<Store, 'now' | 'readResults' | 'getSetting' | 'traits'>
  readonly project: ProjectId
  readonly queue: QueueName
  readonly since: EpochMs
  /** Within which time nine in ten answers of batches are to come; undefined for a day. */
  readonly withinMs?: number | undefined
}

// Only their figures stay.
const MOST_ANSWERS = 1_000

/**
 * Compares what a queue's own requests came to in batches and in real time, of no job. Those that were canceled are left out, and
 * those whose caller asked for real time, which may be of another kind. It reads every answer once.
 */
export async function rolloutOf(question: RolloutQuestion): Promise<RolloutStand> {
  const { store, project, queue, since, withinMs } = question
  const setting = await store.getSetting(queueSetting(project, queue))
  const { batchPercent } = usablePolicy(setting?.value ?? {})
  const tallies: Readonly<Record<Route, RouteTally>> = {
    batch: new RouteTally(),
    realtime: new RouteTally(),
  }
  const from = { since }
  for await (const page of queueAnswers({ store, project, queue, from, most: MOST_ANSWERS })) {
    for (const row of page) count(tallies, row)
  }
  const batch = tallies.batch.figures
  const realtime = tallies.realtime.figures
  const verdict = judgeRollout({ batchPercent, batch, realtime, withinMs })
  return { queue, batchPercent, since, batch, realtime, verdict }
}

function count(
  tallies: Readonly<Record<Route, RouteTally>>,
  { request, paidNano }: ResultRow,
): void {
  const { verdict, createdAt, doneAt, deadlineAt } = request
  if (verdict === null || doneAt === null || verdict.status === 'canceled') return
  const route = comparedRoute(request)
  if (route === null) return
  const isUsable = verdict.status === 'succeeded'
  tallies[route].add({ isUsable, createdAt, doneAt, deadlineAt, paidNano })
}

function comparedRoute({ lane }: Pick<Request, 'lane'>): Route | null {
  const { route, why } = laneOf(lane)
  return route === 'batch' || why === 'rollout' ? route : null
}
