import {
  type Calendar,
  DEFAULT_ACCOUNT,
  type EpochMs,
  type OperatingStore,
  type Store,
} from '@halfrate/core'
import {
  type Budget,
  type BudgetScope,
  budgetSetting,
  type CapStand,
  periodAt,
} from '@halfrate/core/budgets'
import { cronCalendar } from '../cron-calendar.js'
import { namedProjects } from '../projects/named-projects.js'

/** How every cap of some scopes stands at an instant; of those without a budget nothing is answered. */
export async function budgetStands(
  store: Pick<Store, 'getSetting' | 'budgetUse'>,
  scopes: readonly BudgetScope[],
  now: EpochMs,
): Promise<readonly CapStand[]> {
  const stands: CapStand[] = []
  for (const scope of scopes) {
    const setting = await store.getSetting(budgetSetting(scope))
    const budget = (setting?.value ?? null) as Budget | null
    for (const cap of budget?.caps ?? []) {
      const { timeZone } = budget as Budget
      const span = periodAt(calendar, { period: cap.period, timeZone }, now)
      const use = await store.budgetUse({ scope, since: span.since })
      stands.push({ scope, timeZone, ...cap, ...span, use })
    }
  }
  return stands
}

/**
 * Every scope of a store that can have a budget: its account, and each project with its queues, the default one first. Projects
 * of which nothing was ever set are left out.
 */
export async function budgetScopes(
  store: Pick<Store, 'getSetting'> & OperatingStore,
): Promise<readonly BudgetScope[]> {
  const scopes: BudgetScope[] = [{ type: 'account', account: DEFAULT_ACCOUNT }]
  for (const project of await namedProjects(store)) {
    const overviews = await store.listQueues({ project })
    const queues = overviews.flatMap(({ queue }) => [
      { type: 'queue', project, queue } as const,
      { type: 'hedges', project, queue } as const,
    ])
    scopes.push({ type: 'project', project }, ...queues)
  }
  return scopes
}

const calendar: Pick<Calendar, 'nextSlotAt'> = cronCalendar
