import type { Budget, BudgetScope, SealBudget } from '../model/budget.js'
import { budgetSetting } from '../model/budget.js'
import type { AccountId, ProjectId, QueueName } from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import { type EpochMs, earliest, MINUTE_MS } from '../model/time.js'
import { type CapStand, leftUnder } from '../policy/budgets/cap-stand.js'
import { periodAt } from '../policy/budgets/period-at.js'
import type { WaitingGroup } from '../ports/store-planning.js'
import { tellReached, tellShares } from './budget-news.js'
import type { EngineContext } from './context.js'

// What becomes free is mostly a batch that closes, after which a round follows at once; others may close one too.
const LOOK_UNDER_WAY_MS = MINUTE_MS
// Nothing frees anything but late evidence and the period's end. A cap that is given is seen at once.
const LOOK_STOPPED_MS = 10 * MINUTE_MS

/** What the budgets over a group of requests leave, as they stand at one moment. */
export interface BudgetLook {
  /** For sealing under them. Those without a document too: one that is written while a batch fills holds for it. */
  readonly budgets: readonly SealBudget[]
  readonly caps: readonly CapStand[]
  /** What fits under every cap; null where there is none. */
  readonly leftNano: number | null
}

interface StoredBudget {
  readonly scope: BudgetScope
  /** Null where there is no document. */
  readonly version: number | null
  readonly budget: Budget | null
}

/** The budgets of one queue, its project, and the accounts that its requests are paid by, for one planning. */
export class ScopeBudgets {
  readonly #context: EngineContext
  readonly #place: { readonly project: ProjectId; readonly queue: QueueName }

  constructor(
    context: EngineContext,
    { project, queue }: { readonly project: ProjectId; readonly queue: QueueName },
  ) {
    this.#context = context
    // A batch is a place too, and brings more along than a scope has.
    this.#place = { project, queue }
  }

  /** How they stand now. Who shares them may use them up meanwhile, so sealing judges once more. */
  async look(account: AccountId): Promise<BudgetLook> {
    return await this.#lookAt(await this.#read(account))
  }

  /** How they stand for calls that hedge, which have a budget of their own beside the others; null where there is none. */
  async lookForHedges(account: AccountId): Promise<BudgetLook | null> {
    const own = await this.#readOne({ type: 'hedges', ...this.#place })
    if ((own.budget?.caps ?? []).length === 0) return null
    return await this.#lookAt([own, ...(await this.#read(account))])
  }

  async #lookAt(stored: readonly StoredBudget[]): Promise<BudgetLook> {
    const now = await this.#context.store.now()
    const caps: CapStand[] = []
    const budgets: SealBudget[] = []
    for (const each of stored) {
      const stands = await this.#stand(each, now)
      caps.push(...stands)
      const sealing = stands.map(({ since, capNano }) => ({ since, capNano }))
      budgets.push({ scope: each.scope, version: each.version, caps: sealing })
    }
    await tellShares(this.#context, caps)
    return { budgets, caps, leftNano: leftUnder(caps) }
  }

  /** Until when a group waits that did not fit a moment ago, if its budgets are the same; null when it is to be looked at. */
  async recalled(group: WaitingGroup, now: EpochMs): Promise<EpochMs | null> {
    const { memory } = this.#context
    const waiting = memory.waitingGroups.get(this.#nameOf(group))
    if (waiting === undefined) return null
    const isSame = waiting.versions === versionsOf(await this.#read(group.account))
    if (isSame && waiting.until > now) return waiting.until
    memory.waitingGroups.delete(this.#nameOf(group))
    return null
  }

  /**
   * Notes that not even the next request of a group fits, and tells it once a period when nothing under way could make room.
   * Answers when to look again.
   */
  async stop(
    group: WaitingGroup,
    look: BudgetLook,
    neededNano: NanoUsd | null,
    now: EpochMs,
  ): Promise<EpochMs> {
    const over = look.caps.filter(
      (cap) => neededNano === null || (leftUnder([cap]) ?? 0) < neededNano,
    )
    const isUnderWay = over.some(({ use }) => use.heldNano > 0)
    if (!isUnderWay) await tellReached(this.#context, over, neededNano, now)
    const ends = over.map(({ until }) => until)
    const lookAt = now + (isUnderWay ? LOOK_UNDER_WAY_MS : LOOK_STOPPED_MS)
    const until = earliest(lookAt, ...ends) ?? lookAt
    const versions = versionsOf(look.budgets)
    this.#context.memory.waitingGroups.set(this.#nameOf(group), { versions, until })
    return until
  }

  async #read(account: AccountId): Promise<readonly StoredBudget[]> {
    const { project, queue } = this.#place
    const scopes: readonly BudgetScope[] = [
      { type: 'queue', project, queue },
      { type: 'project', project },
      { type: 'account', account },
    ]
    const stored: StoredBudget[] = []
    for (const scope of scopes) stored.push(await this.#readOne(scope))
    return stored
  }

  async #readOne(scope: BudgetScope): Promise<StoredBudget> {
    const setting = await this.#context.store.getSetting(budgetSetting(scope))
    const budget = (setting?.value ?? null) as Budget | null
    return { scope, version: setting?.version ?? null, budget }
  }

  async #stand({ scope, budget }: StoredBudget, now: EpochMs): Promise<readonly CapStand[]> {
    const { store, calendar } = this.#context
    const stands: CapStand[] = []
    const { caps = [], timeZone = 'UTC' } = budget ?? {}
    for (const { period, capNano, warnAt } of caps) {
      const span = periodAt(calendar, { period, timeZone }, now)
      const use = await store.budgetUse({ scope, since: span.since })
      stands.push({ scope, period, timeZone, capNano, warnAt, ...span, use })
    }
    return stands
  }

  #nameOf({ account, lane, batchLimit }: WaitingGroup): string {
    const { project, queue } = this.#place
    return JSON.stringify([project, queue, account, lane, batchLimit])
  }
}

function versionsOf(
  budgets: readonly { readonly scope: BudgetScope; readonly version: number | null }[],
): string {
  return JSON.stringify(budgets.map(({ scope, version }) => [scope.type, version]))
}
