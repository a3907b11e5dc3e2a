import { type BudgetTold, budgetToldSetting } from '../model/budget.js'
import type { NanoUsd } from '../model/money.js'
import type { EpochMs } from '../model/time.js'
import { type CapStand, shareReached } from '../policy/budgets/cap-stand.js'
import { type EngineContext, tell } from './context.js'

type Told = BudgetTold['periods'][number]

/** Tells once a period, of all workers, which shares of caps have been paid. */
export async function tellShares(context: EngineContext, caps: readonly CapStand[]): Promise<void> {
  for (const cap of caps) {
    const share = shareReached(cap)
    if (share === 0) continue
    const isNew = await note(context, cap, (told) => (told.share < share ? { share } : null))
    if (!isNew) continue
    const { scope, period, until, capNano, use } = cap
    tell(context, { type: 'budget_warning', scope, period, until, capNano, share, ...use })
  }
}

/** Tells once a period, of all workers, that what waits does not fit under caps until their periods end. */
export async function tellReached(
  context: EngineContext,
  caps: readonly CapStand[],
  neededNano: NanoUsd | null,
  now: EpochMs,
): Promise<void> {
  for (const cap of caps) {
    const isNew = await note(context, cap, ({ reachedAt }) =>
      reachedAt === null ? { reachedAt: now } : null,
    )
    if (!isNew) continue
    const { scope, period, until, capNano, use } = cap
    tell(context, { type: 'budget_used_up', scope, period, until, capNano, neededNano, ...use })
  }
}

// Noted before it is told, so that of all workers one tells it. Whoever loses against another leaves it to that one.
async function note(
  { store }: EngineContext,
  { scope, period, since, capNano }: CapStand,
  change: (told: Told) => Partial<Told> | null,
): Promise<boolean> {
  const name = budgetToldSetting(scope)
  const stored = await store.getSetting(name)
  const { periods = [] } = (stored?.value ?? {}) as Partial<BudgetTold>
  const before = periods.find((told) => told.period === period)
  // Another period, or another cap, begins anew.
  const isSame = before?.since === since && before.capNano === capNano
  const told = isSame ? before : { period, since, capNano, share: 0, reachedAt: null }
  const changes = change(told)
  if (changes === null) return false
  const others = periods.filter((each) => each.period !== period)
  const value: BudgetTold = { periods: [...others, { ...told, ...changes }] }
  const ifVersion = stored?.version ?? null
  return (await store.putSetting({ ...name, value, ifVersion })) !== null
}
