import {
  ConfigError,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type NanoUsd,
  type OperatingStore,
  type Store,
} from '@halfrate/core'
import {
  BUDGET_PERIODS,
  type BudgetPeriod,
  type BudgetScope,
  type CapStand,
  leftUnder,
} from '@halfrate/core/budgets'
import { parseUsd, usdText } from '@halfrate/core/money'
import { checkOptions, type Members } from '../check-arguments.js'
import { projectName } from '../projects/project-name.js'
import { queueName } from '../queue-name.js'
import { budgetScopes, budgetStands } from './budget-stands.js'
import { type BudgetChanges, changeBudget, removeBudget } from './change-budget.js'

/** Whose budget is meant: that of a queue or of a project, else that of all that the account pays for. */
export interface BudgetPlace {
  readonly queue?: string | undefined
  /** Of this project and all of its queues; beside a queue the project that it is in, by default the one of programs. */
  readonly project?: string | undefined
  /** True for a budget of what the queue calls beside its late batches, so that it is paid twice; false without one. */
  readonly hedges?: boolean | undefined
}

/** What to set of a budget. Amounts are decimal text in dollars; null takes a cap away; what is left out stays. */
export interface BudgetOptions extends BudgetPlace {
  readonly dayUsd?: string | null | undefined
  readonly monthUsd?: string | null | undefined
  readonly totalUsd?: string | null | undefined
  /** Where days and months begin, a name such as `Europe/Berlin`. Default: UTC. */
  readonly timeZone?: string | undefined
  /** Shares in percent: an event says when so much of a cap is paid. Default: [80]. */
  readonly warnAt?: readonly number[] | undefined
}

/** How one cap stands. Amounts are decimal text in dollars. */
export interface BudgetStand {
  readonly scope: BudgetScope['type']
  /** Of a budget of a project or a queue; null for that of the account. */
  readonly project: string | null
  /** Of a budget of a queue; null for another one. */
  readonly queue: string | null
  readonly period: BudgetPeriod
  readonly timeZone: string
  readonly capUsd: string
  /** Paid, and at the most that it can have cost what may have been paid. */
  readonly spentUsd: string
  /** The most that batches under way can cost. Mostly a tenth of it is paid. */
  readonly heldUsd: string
  readonly leftUsd: string
  /** When the period ends and counting begins anew; null for one without end. */
  readonly until: Date | null
}

/** The budgets of a store. Whoever works on it keeps to them, in this process or another. */
export interface Budgets {
  /**
   * Sets caps. A batch that does not fit under every one of them is not sent: requests wait, in their order, until the period
   * ends, costs take the place of holds, or a cap is raised. Nothing that is at Claude already is called back.
   *
   * @throws {ConfigError} when an amount, a time zone or a share can't be used.
   */
  set(options: BudgetOptions): Promise<readonly BudgetStand[]>
  /** How every cap of the store stands now. */
  list(): Promise<readonly BudgetStand[]>
  /** Takes all caps of a queue, a project, or the account, away. Answers whether there were any. */
  remove(place?: BudgetPlace): Promise<boolean>
}

/** Opens the budgets of a store. */
export function openBudgets(store: Store & OperatingStore): Budgets {
  const standsOf = async (scopes: readonly BudgetScope[]): Promise<readonly BudgetStand[]> =>
    (await budgetStands(store, scopes, await store.now())).map(standOf)
  return {
    set: async (options) => {
      checkOptions('budgets.set', options, OPTIONS)
      const scope = scopeOf(options)
      await changeBudget(store, scope, changesOf(options))
      return await standsOf([scope])
    },
    list: async () => await standsOf(await budgetScopes(store)),
    remove: async (place = {}) => {
      checkOptions('budgets.remove', place, { queue: true, project: true, hedges: true })
      return await removeBudget(store, scopeOf(place))
    },
  }
}

const OPTIONS: Members<BudgetOptions> = {
  queue: true,
  project: true,
  hedges: true,
  dayUsd: true,
  monthUsd: true,
  totalUsd: true,
  timeZone: true,
  warnAt: true,
}

function scopeOf(place: BudgetPlace): BudgetScope {
  const project = place.project === undefined ? DEFAULT_PROJECT : projectName(place.project)
  const type = place.hedges === true ? 'hedges' : 'queue'
  if (place.queue !== undefined) return { type, project, queue: queueName(place.queue) }
  if (place.hedges === true) {
    throw new ConfigError(
      'budgets: hedges: expected a queue beside it, got none.',
      'Name the queue whose late batches may be paid twice. Nothing was changed.',
    )
  }
  if (place.project !== undefined) return { type: 'project', project }
  return { type: 'account', account: DEFAULT_ACCOUNT }
}

function changesOf(options: BudgetOptions): BudgetChanges {
  const { timeZone, warnAt } = options
  const caps: Partial<Record<BudgetPeriod, NanoUsd | null>> = {}
  for (const period of BUDGET_PERIODS) {
    const given = options[`${period}Usd`]
    if (given !== undefined) caps[period] = given === null ? null : amountOf(period, given)
  }
  if (Object.keys(caps).length === 0 && timeZone === undefined && warnAt === undefined) {
    throw new ConfigError(
      'budgets.set: expected a cap, a time zone or shares to warn at, got nothing to set.',
      'Give dayUsd, monthUsd or totalUsd. Nothing was changed.',
    )
  }
  return { caps, timeZone, warnAt }
}

function amountOf(period: BudgetPeriod, given: unknown): NanoUsd {
  const nano = typeof given === 'string' ? parseUsd(given) : null
  if (nano !== null && nano >= 0) return nano
  throw new ConfigError(
    `budgets.set: ${period}Usd: expected dollars as text, such as '20' or '0.50', or null for no cap, got ${JSON.stringify(given) ?? String(given)}.`,
    'Correct the call. Nothing was changed.',
  )
}

function standOf(stand: CapStand): BudgetStand {
  const { scope, period, timeZone, capNano, use, until } = stand
  return {
    scope: scope.type,
    project: scope.type === 'account' ? null : scope.project,
    queue: 'queue' in scope ? scope.queue : null,
    ...{ period, timeZone, capUsd: usdText(capNano) },
    spentUsd: usdText(use.spentNano),
    heldUsd: usdText(use.heldNano),
    leftUsd: usdText((leftUnder([stand]) ?? 0) as NanoUsd),
    until: until === null ? null : new Date(until),
  }
}
