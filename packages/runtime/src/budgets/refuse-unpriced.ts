import {
  ConfigError,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type EpochMs,
  type QueueName,
  type Store,
} from '@halfrate/core'
import {
  type Budget,
  budgetSetting,
  inForceText,
  isUnpriced,
  scopesOver,
} from '@halfrate/core/budgets'
import type { PriceBook } from '@halfrate/core/money'

/**
 * Lets no request in that could never be sent: under a budget nothing fits whose price is not known, and it would hold up what
 * is behind it. Costs nothing where every price is known.
 *
 * @throws {ConfigError} naming the model, when a budget is in force for the queue.
 */
export async function refuseUnpriced(
  store: Pick<Store, 'getSetting'>,
  params: {
    readonly queue: QueueName
    readonly models: Iterable<string>
    readonly book: PriceBook
    readonly at: EpochMs
    /** What names the models, for the beginning of the error; left out for the requests themselves. */
    readonly namedBy?: string | undefined
  },
): Promise<void> {
  const { queue, models, book, at, namedBy } = params
  const by = namedBy === undefined ? '' : `${namedBy}: `
  const unknown = [...new Set(models)].find((model) => isUnpriced(model, book, at))
  if (unknown === undefined) return
  const places = { account: DEFAULT_ACCOUNT, project: DEFAULT_PROJECT, queue }
  for (const scope of scopesOver(places)) {
    const budget = (await store.getSetting(budgetSetting(scope)))?.value as Budget | null
    if ((budget?.caps ?? []).length === 0) continue
    throw new ConfigError(
      `${by}there is no price for ${JSON.stringify(unknown)}, and ${inForceText(scope)}, under which nothing fits that nothing bounds.`,
      'Give its price (halfrate prices, or openHalfrate({ prices })), or take the budget away (halfrate budgets remove).',
    )
  }
}
