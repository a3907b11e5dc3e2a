import type { BudgetScope } from '../../model/budget.js'
import type { AccountId, ProjectId, QueueName } from '../../model/ids.js'
import type { EpochMs } from '../../model/time.js'
import { holdOf } from '../money/hold.js'
import type { PriceBook } from '../money/price-book.js'

/** Where a request stands: the budgets of all three hold for it. */
export interface BudgetPlaces {
  readonly account: AccountId
  readonly project: ProjectId
  readonly queue: QueueName
}

/** The scopes whose budgets hold for a request, the narrowest first. */
export function scopesOver({ account, project, queue }: BudgetPlaces): readonly BudgetScope[] {
  return [
    { type: 'queue', project, queue },
    { type: 'project', project },
    { type: 'account', account },
  ]
}

/** Whether nothing bounds what a request to a model costs, so that it fits under no cap. */
export function isUnpriced(model: string, book: PriceBook, at: EpochMs): boolean {
  return holdOf({ model, itemBytes: 0, maxTokens: 1, at, book }) === null
}

/** Whose budget it is that keeps a request out, in the middle of a sentence. */
export function inForceText(scope: BudgetScope): string {
  if (scope.type === 'hedges') return `hedging of queue ${scope.queue} has a budget`
  if (scope.type === 'queue') return `queue ${scope.queue} has a budget`
  return scope.type === 'project' ? 'the project has a budget' : 'the account has a budget'
}
