import { laneKey, laneOf, type Route } from '../../model/lane.js'
import type { QueuePolicy } from '../../model/queue-policy.js'
import type { EpochMs } from '../../model/time.js'
import type { Turnaround } from '../../model/turnaround.js'
import { DEFAULT_ENGINE_SETTINGS } from '../engine-settings.js'
import { type TurnaroundFacts, turnaroundFacts } from '../turnaround/send-by.js'
import { turnaroundOdds } from '../turnaround/turnaround-odds.js'
import { adviseRoute, type FewFacts, type RouteAdvice } from './advise-route.js'
import { callMsOf } from './call-time.js'
import type { RowToRoute } from './rollout.js'

/** What of a row its instant is judged on. */
export interface RowWithInstant extends RowToRoute {
  readonly model: string
  readonly maxTokens: number
  /** When its answer is wanted; null for no instant. */
  readonly deadlineAt: EpochMs | null
}

/** How few requests a queue has, and which of them one could share a batch with. */
export interface FewAtDoor {
  /** Of no job, in the last 24 hours, counted up to the queue's `fewADay`. */
  readonly requestsADay: number
  /** Lanes that have requests waiting for a batch. */
  readonly waitingLanes: ReadonlySet<string>
}

/** Whether a queue's policy asks how few requests it has. */
export function asksFew({ routing, whenFew }: Pick<QueuePolicy, 'routing' | 'whenFew'>): boolean {
  return routing === 'rules' && whenFew !== 'batch'
}

/** What the rule for few is decided on, of requests of one lane that come together; null where nobody counted. */
export function fewFactsOf(
  { fewADay: fewerThan, whenFew }: Pick<QueuePolicy, 'fewADay' | 'whenFew'>,
  few: FewAtDoor | null,
  { lane, together, before }: RowsOfCall,
): FewFacts | null {
  if (few === null) return null
  const canShare = together > 1 || few.waitingLanes.has(lane)
  return { requestsADay: few.requestsADay + before, fewerThan, whenFew, canShare }
}

/** A row among those that come in the same call. */
export interface RowsOfCall {
  readonly lane: string
  /** Rows of its lane, itself included. */
  readonly together: number
  /** Rows of any lane that stand before it: they came to the queue too. */
  readonly before: number
}

/** Whether some rows have none of their lane beside them, or among those that came before in the same call. */
export function isAnyAlone(
  rows: readonly Pick<RowWithInstant, 'lane'>[],
  earlier: ReadonlySet<string>,
): boolean {
  return [...countsByLane(rows)].some(([lane, count]) => count === 1 && !earlier.has(lane))
}

function countsByLane(rows: readonly Pick<RowWithInstant, 'lane'>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { lane } of rows) counts.set(lane, (counts.get(lane) ?? 0) + 1)
  return counts
}

/** What is known at the door. */
export interface DoorFacts {
  readonly now: EpochMs
  /** Null where its queue does not ask how few there are, or nobody counted. */
  readonly few: FewAtDoor | null
  /** How long batches of the account took. */
  readonly history: Turnaround
}

/** Whether the answer to a row is likely there when it is wanted; null where it is wanted by no instant, or nobody looked. */
export interface AtDoor {
  readonly isInTime: boolean | null
}

/**
 * Says of rows that are wanted by an instant whether their answers are likely there. Where their queue goes by the rules it has those go in
 * real time that a batch would likely bring too late, and what is few, as the queue says. Also where even a call may take longer than there is: most take far
 * less. What is over goes in a batch.
 */
export class RouteJudge {
  readonly #policy: Pick<
    QueuePolicy,
    | 'routing'
    | 'whenFew'
    | 'fewADay'
    | 'batchPercent'
    | 'deadlineBatchRequests'
    | 'maxBatchRequests'
  >
  readonly #facts: DoorFacts
  readonly #rows: number
  /** How many rows of each lane come together. */
  readonly #together: ReadonlyMap<string, number>
  readonly #turnarounds = new Map<string, TurnaroundFacts>()
  #calls = 0
  #judged = 0

  /** @param rows those that come together. */
  constructor(
    policy: QueuePolicy,
    facts: DoorFacts,
    rows: readonly Pick<RowWithInstant, 'lane'>[],
  ) {
    this.#policy = policy
    this.#facts = facts
    this.#rows = rows.length
    this.#together = countsByLane(rows)
  }

  /** The row on the route that it gets. */
  judge<Row extends RowWithInstant>(row: Row): Row & AtDoor {
    const judged = this.#judge(row)
    this.#judged += 1
    return judged
  }

  #judge<Row extends RowWithInstant>(row: Row): Row & AtDoor {
    const { deadlineAt } = row
    if (deadlineAt === null && this.#facts.few === null) return { ...row, isInTime: null }
    const lane = laneOf(row.lane)
    const isGiven =
      this.#policy.routing === 'asked' || row.isRouteAsked === true || lane.route === 'realtime'
    const advice = this.#advise(row, isGiven ? lane.route : null)
    const isCalled = isGiven ? lane.route === 'realtime' : this.#isCalled(advice, deadlineAt)
    if (isCalled) this.#calls += 1
    const { isInTime } = advice
    if (isGiven || !isCalled) return { ...row, isInTime }
    const why = advice.reason === 'few' ? 'few' : 'deadline'
    return { ...row, isInTime, lane: laneKey({ ...lane, route: 'realtime', why }) }
  }

  #isCalled({ route }: RouteAdvice, deadlineAt: EpochMs | null): boolean {
    if (route !== null) return route === 'realtime'
    return deadlineAt !== null && deadlineAt > this.#facts.now
  }

  #advise(
    { model, maxTokens, deadlineAt, lane }: RowWithInstant,
    asked: Route | null,
  ): RouteAdvice {
    const together = this.#together.get(lane) ?? 0
    const few = fewFactsOf(this.#policy, this.#facts.few, { lane, together, before: this.#judged })
    const rounds = Math.ceil((this.#calls + 1) / DEFAULT_ENGINE_SETTINGS.callsAtOnce)
    return adviseRoute({
      ...{ now: this.#facts.now, asked, isAwaited: false, deadlineAt, few },
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
