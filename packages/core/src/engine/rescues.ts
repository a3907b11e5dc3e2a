import type { JobId, ProjectId, QueueName } from '../model/ids.js'
import { laneKey, laneOf } from '../model/lane.js'
import type { NanoUsd } from '../model/money.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { EpochMs } from '../model/time.js'
import { cutToRoom } from '../policy/budgets/cut-to-room.js'
import { isLikelyLate, rescuable } from '../policy/turnaround/rescuable.js'
import type { QueueFacts, WaitingGroup } from '../ports/store-planning.js'
import { alarm, type EngineContext, tell } from './context.js'
import type { DeadlineTimes } from './deadline-times.js'
import { GroupHolds } from './group-holds.js'
import type { HeldLease } from './held-lease.js'
import type { JobBudgets, PricedRequest } from './job-budgets.js'
import { isNew, noteLateLane } from './late-batch.js'
import type { ScopeBudgets } from './scope-budgets.js'
import { isCall, kindOf } from './timed-group.js'

/** The planning that requests are rescued in. */
export interface RescuePlanning {
  readonly context: EngineContext
  readonly lease: HeldLease
  readonly project: ProjectId
  readonly queue: QueueName
  readonly policy: QueuePolicy
  readonly budgets: JobBudgets
  readonly scopes: ScopeBudgets
  readonly deadlines: DeadlineTimes
}

interface Late {
  readonly group: WaitingGroup
  /** Jobs of which nothing is sent now. */
  readonly except: readonly JobId[]
  readonly deadlineAt: EpochMs
  readonly now: EpochMs
}

/** Calls in real time what a batch would likely bring too late, where its queue allows that, and says what is late all the same. */
export class Rescues {
  readonly #planning: RescuePlanning
  readonly #seen = new Set<string>()

  constructor(planning: RescuePlanning) {
    this.#planning = planning
  }

  /** The facts of the queue, once what is to be rescued stands where it is called from. Each group is looked at once a planning. */
  async facts(asked: {
    readonly upTo: number
    readonly except: readonly JobId[]
  }): Promise<QueueFacts> {
    const { context, project, queue } = this.#planning
    const facts = await context.store.queueFacts({ project, queue, ...asked })
    let moved = 0
    let before = facts.groups.filter(isCall).reduce((sum, { count }) => sum + count, 0)
    for (const group of facts.groups) {
      const late = await this.#lateOf(group, asked.except)
      if (late === null) continue
      const rescued = await this.#rescue(late, before)
      before += rescued
      moved += rescued
    }
    return moved === 0 ? facts : await context.store.queueFacts({ project, queue, ...asked })
  }

  async #lateOf(group: WaitingGroup, except: readonly JobId[]): Promise<Late | null> {
    const { deadlineAt } = laneOf(group.lane)
    if (deadlineAt === null || this.#seen.has(kindOf(group))) return null
    this.#seen.add(kindOf(group))
    const now = await this.#planning.context.store.now()
    const sendBy = await this.#planning.deadlines.sendBy(group, now)
    return isLikelyLate({ deadlineAt, sendBy }, now) ? { group, except, deadlineAt, now } : null
  }

  // Answers how many are called.
  async #rescue(late: Late, before: number): Promise<number> {
    const { context, policy } = this.#planning
    const { group } = late
    if (policy.rescue === 'never') {
      this.#warn(late, group.count, 'its queue is not rescued')
      return 0
    }
    if (late.now >= late.deadlineAt) {
      this.#warn(late, group.count, 'that instant is over')
      return 0
    }
    const { isSendingStopped, maySend } = context.memory
    if (context.stopping.aborted) return 0
    if (isSendingStopped || !maySend) {
      this.#warn(late, group.count, 'sending is stopped')
      return 0
    }
    const lane = laneKey({ ...laneOf(group.lane), route: 'realtime', why: 'rescue' })
    const { project, queue } = this.#planning
    const holds = new GroupHolds(context, { project, queue })
    const { hold } = await holds.holdOf({ account: group.account, lane }, late.now)
    if (hold.type !== 'free') {
      this.#warn(late, group.count, 'sending is paused')
      return 0
    }
    return await this.#move(late, lane, before)
  }

  async #move(late: Late, lane: string, before: number): Promise<number> {
    const { context, lease, project, queue, budgets, scopes } = this.#planning
    const { store, settings } = context
    const { group, except: held, deadlineAt, now } = late
    let { leftNano } = await scopes.look(group.account)
    const limit = store.traits.pageLimit
    for (let moved = 0; ; ) {
      await lease.keep()
      const place = { ...group, project, queue, limit, except: [...held, ...budgets.stopped] }
      const page = await store.readWaiting(place)
      const { admitted } = await budgets.admit(page, lane)
      const { fitting } = cutToRoom(admitted, leftNano)
      const { callsAtOnce } = settings
      const calls = { deadlineAt, callsAtOnce, before: before + moved }
      const chosen = rescuable(fitting, calls, now)
      const requestIds = chosen.map(({ id }) => id)
      const { fence } = lease
      const result =
        chosen.length === 0
          ? null
          : await store.reroute({ fence, project, queue, requestIds, lane })
      const count = result?.moved ?? 0
      if (count > 0)
        tell(context, {
          ...{ type: 'rescued', how: 'reroute', queue, count, deadlineAt },
          extraNano: extraOf(chosen),
        })
      moved += count
      if (leftNano !== null)
        leftNano -= chosen.reduce((sum, { holdNano }) => sum + (holdNano ?? 0), 0)
      if (count > 0 && page.length === limit && chosen.length === page.length) continue
      if (chosen.length < page.length) {
        const isBudget = fitting.length < page.length
        const why = isBudget
          ? 'a budget leaves no room for real time'
          : 'calls may not be in time either'
        this.#warn(late, page.length - chosen.length, why)
      }
      return moved
    }
  }

  #warn({ group, deadlineAt }: Late, count: number, why: string): void {
    const { context, project, queue } = this.#planning
    if (!isNew(context, JSON.stringify([project, queue, kindOf(group)]))) return
    noteLateLane(context, { ...group, project, queue })
    const wanted = new Date(deadlineAt).toISOString()
    const message = `Of queue ${queue} ${count} waiting for a batch and wanted by ${wanted} are likely late: ${why}.`
    alarm(context, { code: 'deadline_at_risk', message })
  }
}

// Real time costs twice what a batch does.
function extraOf(chosen: readonly PricedRequest[]): NanoUsd | null {
  let extra = 0
  for (const { holdNano } of chosen) {
    if (holdNano === null) return null
    extra += holdNano - Math.floor(holdNano / 2)
  }
  return extra as NanoUsd
}
