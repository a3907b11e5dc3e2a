import {
  ConfigError,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type EpochMs,
  type QueueName,
  type Store,
} from '@halfrate/core'
import { type Budget, type BudgetScope, budgetSetting } from '@halfrate/core/budgets'
import { holdOf, type PriceBook } from '@halfrate/core/money'

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
  },
): Promise<void> {
  const { queue, models, book, at } = params
  const unknown = [...new Set(models)].find(
    (model) => holdOf({ model, itemBytes: 0, maxTokens: 1, at, book }) === null,
  )
  if (unknown === undefined) return
  const project = DEFAULT_PROJECT
  const scopes: readonly (readonly [string, BudgetScope])[] = [
    [`queue ${queue}`, { type: 'queue', project, queue }],
    ['the project', { type: 'project', project }],
    ['the account', { type: 'account', account: DEFAULT_ACCOUNT }],
  ]
  for (const [name, scope] of scopes) {
    const budget = (await store.getSetting(budgetSetting(scope)))?.value as Budget | null
    if ((budget?.caps ?? []).length === 0) continue
    throw new ConfigError(
      `there is no price for ${JSON.stringify(unknown)}, and ${name} has a budget, under which nothing fits that nothing bounds.`,
      'Give its price (halfrate prices, or openHalfrate({ prices })), or take the budget away (halfrate budgets remove).',
    )
  }
}
