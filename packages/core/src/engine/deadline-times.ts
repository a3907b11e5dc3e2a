import type { ProjectId, QueueName } from '../model/ids.js'
import { laneOf } from '../model/lane.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import { turnaroundSetting } from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'
import type { Turnaround } from '../model/turnaround.js'
import { readTurnaround } from '../policy/turnaround/note-turnaround.js'
import { sendByAt } from '../policy/turnaround/send-by.js'
import {
  shareWithin,
  type TurnaroundOdds,
  turnaroundOdds,
} from '../policy/turnaround/turnaround-odds.js'
import type { WaitingGroup } from '../ports/store-planning.js'
import type { EngineContext } from './context.js'

/** Says until when requests that are wanted by an instant may wait; reads what that needs once a planning. */
export class DeadlineTimes {
  readonly #context: EngineContext
  readonly #of: {
    readonly project: ProjectId
    readonly queue: QueueName
    readonly policy: QueuePolicy
  }
  readonly #histories = new Map<string, Turnaround>()
  readonly #models = new Map<string, readonly string[] | null>()

  constructor(
    context: EngineContext,
    of: { readonly project: ProjectId; readonly queue: QueueName; readonly policy: QueuePolicy },
  ) {
    this.#context = context
    this.#of = of
  }

  /** When a group must be sent at the latest, so that its answers are likely there when they are wanted; never for no instant. */
  async sendBy(group: WaitingGroup, now: EpochMs): Promise<EpochMs> {
    const { deadlineAt } = laneOf(group.lane)
    if (deadlineAt === null) return Number.POSITIVE_INFINITY
    const odds = await this.#oddsOf(group, group.count, now)
    return sendByAt(odds, deadlineAt)
  }

  /** Whether a batch of so many of a group likely is back before the rest of it must be sent. */
  async leavesTimeFor(group: WaitingGroup, requests: number, now: EpochMs): Promise<boolean> {
    const sendBy = await this.sendBy(group, now)
    if (sendBy === Number.POSITIVE_INFINITY) return true
    return sendByAt(await this.#oddsOf(group, requests, now), sendBy) >= now
  }

  /** How likely a batch of so many of a group ends within a span, from 0 to 1. */
  async chanceWithin(
    group: WaitingGroup,
    requests: number,
    withinMs: number,
    now: EpochMs,
  ): Promise<number> {
    return shareWithin(await this.#oddsOf(group, requests, now), withinMs)
  }

  async #oddsOf(group: WaitingGroup, count: number, now: EpochMs): Promise<TurnaroundOdds> {
    const requests = Math.min(count, this.#of.policy.deadlineBatchRequests)
    const models = await this.#modelsOf(group)
    const history = await this.#historyOf(group)
    return turnaroundOdds(history, { models, requests, startsAt: now }, now)
  }

  async #historyOf({ account }: WaitingGroup): Promise<Turnaround> {
    const known = this.#histories.get(account)
    if (known !== undefined) return known
    const setting = await this.#context.store.getSetting(turnaroundSetting(account))
    const history = readTurnaround(setting?.value)
    this.#histories.set(account, history)
    return history
  }

  // In wire order requests of a model stand together; the first one says what most of them are.
  async #modelsOf({
    account,
    lane,
    batchLimit,
    maxId,
  }: WaitingGroup): Promise<readonly string[] | null> {
    const name = `${account} ${lane} ${batchLimit}`
    const known = this.#models.get(name)
    if (known !== undefined) return known
    const { project, queue } = this.#of
    const place = { project, queue, account, lane, batchLimit, maxId }
    const [first] = await this.#context.store.readWaiting({ ...place, limit: 1 })
    const models = first === undefined ? null : [first.model]
    this.#models.set(name, models)
    return models
  }
}
