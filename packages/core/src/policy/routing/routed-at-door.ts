import { laneKey, laneOf, type Route } from '../../model/lane.js'
import type { QueuePolicy } from '../../model/queue-policy.js'
import type { EpochMs } from '../../model/time.js'
import type { Turnaround } from '../../model/turnaround.js'
import { DEFAULT_ENGINE_SETTINGS } from '../engine-settings.js'
import { type TurnaroundFacts, turnaroundFacts } from '../turnaround/send-by.js'
import { turnaroundOdds } from '../turnaround/turnaround-odds.js'
import { adviseRoute, type RouteAdvice } from './advise-route.js'
import { callMsOf } from './call-time.js'
import type { RowToRoute } from './rollout.js'

/** What of a row its instant is judged on. */
export interface RowWithInstant extends RowToRoute {
  readonly model: string
  readonly maxTokens: number
  /** When its answer is wanted; null for no instant. */
  readonly deadlineAt: EpochMs | null
}

/** What is known at the door. */
export interface DoorFacts {
  readonly now: EpochMs
  /** How long batches of the account took. */
  readonly history: Turnaround
}

/** Whether the answer to a row is likely there when it is wanted; null where it is wanted by no instant, or nobody looked. */
export interface AtDoor {
  readonly isInTime: boolean | null
}

/**
 * Says of rows that are wanted by an instant whether their answers are likely there, and has those go in real time that a batch would
 * likely bring too late, where their queue goes by the rules. Also where even a call may take longer than there is: most take far
 * less. What is over goes in a batch.
 */
export class InstantJudge {
  readonly #policy: Pick<
    QueuePolicy,
    'routing' | 'batchPercent' | 'deadlineBatchRequests' | 'maxBatchRequests'
  >
  readonly #facts: DoorFacts
  readonly #rows: number
  readonly #turnarounds = new Map<string, TurnaroundFacts>()
  #calls = 0

  /** @param rows how many rows come together. */
  constructor(policy: QueuePolicy, facts: DoorFacts, rows: number) {
    this.#policy = policy
    this.#facts = facts
    this.#rows = rows
  }

  /** The row on the route that it gets. */
  judge<Row extends RowWithInstant>(row: Row): Row & AtDoor {
    const { deadlineAt } = row
    if (deadlineAt === null) return { ...row, isInTime: null }
    const lane = laneOf(row.lane)
    const isGiven =
      this.#policy.routing === 'asked' || row.isRouteAsked === true || lane.route === 'realtime'
    const advice = this.#advise(row, isGiven ? lane.route : null)
    const isCalled = isGiven ? lane.route === 'realtime' : this.#isCalled(advice, deadlineAt)
    if (isCalled) this.#calls += 1
    const { isInTime } = advice
    if (isGiven || !isCalled) return { ...row, isInTime }
    return { ...row, isInTime, lane: laneKey({ ...lane, route: 'realtime', why: 'deadline' }) }
  }

  #isCalled({ route }: RouteAdvice, deadlineAt: EpochMs): boolean {
    return route === null ? deadlineAt > this.#facts.now : route === 'realtime'
  }

  #advise({ model, maxTokens, deadlineAt }: RowWithInstant, asked: Route | null): RouteAdvice {
    const rounds = Math.ceil((this.#calls + 1) / DEFAULT_ENGINE_SETTINGS.callsAtOnce)
    return adviseRoute({
      ...{ now: this.#facts.now, asked, isAwaited: false, deadlineAt, few: null },
      turnaround: this.#turnaroundOf(model),
      callMs: rounds * callMsOf(maxTokens),
    })
  }

  #turnaroundOf(model: string): TurnaroundFacts {
    const known = this.#turnarounds.get(model)
    if (known !== undefined) return known
    const { now, history } = this.#facts
    const { deadlineBatchRequests, maxBatchRequests } = this.#policy
    const requests = Math.min(this.#rows, deadlineBatchRequests, maxBatchRequests)
    const odds = turnaroundOdds(history, { models: [model], requests, startsAt: now }, now)
    const facts = turnaroundFacts(odds)
    this.#turnarounds.set(model, facts)
    return facts
  }
}
