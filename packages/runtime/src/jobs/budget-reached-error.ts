import { HalfrateError, type JobBudget } from '@halfrate/core'
import { usdText } from '@halfrate/core/money'

/**
 * A job stands still at its cap: nothing of it is under way, and its next row does not fit. What was answered is in the
 * store, and was given before this was thrown.
 */
export class BudgetReachedError extends HalfrateError {
  /** Decimal text in dollars. */
  readonly maxCostUsd: string
  /** Cap at which the next row would fit; null when nobody can tell, since a cost is not known. */
  readonly neededUsd: string | null

  constructor({ job, capNano, stopped }: JobBudget) {
    const needed = stopped?.neededNano ?? null
    const cap = capNano === null ? '' : usdText(capNano)
    const neededUsd = needed === null ? null : usdText(needed)
    const why = neededUsd === null ? 'what it can cost is not known' : `it needs ${neededUsd}`
    super(
      'budget_reached',
      `job ${JSON.stringify(job)} stands still: its next row does not fit under maxCostUsd ${cap}, ${why}.`,
      'Nothing is lost. Run the same job with a higher maxCostUsd, or with null for no cap, and it goes on.',
    )
    this.maxCostUsd = cap
    this.neededUsd = neededUsd
  }
}
