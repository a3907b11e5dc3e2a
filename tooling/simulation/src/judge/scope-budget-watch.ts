import type { AttemptLife, ProjectId, RequestLife, Store, SubmissionState } from '@halfrate/core'
import {
  type Budget,
  type BudgetScope,
  budgetSetting,
  countedAt,
  isOfScope,
} from '@halfrate/core/budgets'
import type { RequestBook } from '../provider/request-book.js'
import type { ScopeBudgets } from '../scenario/budgeted-seeds.js'
import { PeriodStart } from './period-start.js'
import { usedBy } from './used-by.js'
import type { Violations } from './violation.js'

/** What budgets of queues, projects and the account are judged with. */
export interface ScopeBudgetWatchOptions {
  /** The store itself, without what goes wrong on the way to it. */
  readonly store: Store
  readonly projects: readonly ProjectId[]
  readonly book: RequestBook
  readonly budgets: ScopeBudgets
  readonly violations: Violations
}

const UNSEALED: readonly SubmissionState[] = ['filling', 'dissolved']

/**
 * Holds what was sealed in a period against the caps of it at each create. What a request can cost is worked out from its
 * sizes, and what counts from its attempts, never from what the store adds up.
 */
export class ScopeBudgetWatch {
  readonly #options: ScopeBudgetWatchOptions
  readonly #periods = new PeriodStart()

  constructor(options: ScopeBudgetWatchOptions) {
    this.#options = options
  }

  /** Bytes are about to leave: nothing may be above its cap. */
  async onFirstByte(): Promise<void> {
    const { store, budgets } = this.#options
    if (budgets.length === 0) return
    const now = await store.now()
    const lives = await this.#lives()
    for (const { scope } of budgets) {
      const stored = await store.getSetting(budgetSetting(scope))
      const budget = (stored?.value ?? null) as Budget | null
      for (const { period, capNano } of budget?.caps ?? []) {
        const since = this.#periods.of({ period, timeZone: budget?.timeZone ?? 'UTC' }, now)
        this.#judge(`${JSON.stringify(scope)} (${period})`, sumOf(lives, scope, since), capNano)
      }
    }
  }

  #judge(name: string, used: number, capNano: number): void {
    if (used <= capNano) return
    const message = `${name} has paid and under way ${used} under a cap of ${capNano}.`
    this.#options.violations.add('budget', message)
  }

  async #lives(): Promise<readonly RequestLife[]> {
    const { store, book, projects } = this.#options
    const lives: RequestLife[] = []
    for (const { id, project } of book.all()) {
      if (!projects.includes(project)) continue
      const life = await store.getRequest({ project, id })
      if (life !== null) lives.push(life)
    }
    return lives
  }
}

function sumOf(lives: readonly RequestLife[], scope: BudgetScope, since: number): number {
  const counts = ({ submission }: AttemptLife): boolean =>
    isOfScope(submission, scope) &&
    countedAt(submission) >= since &&
    !UNSEALED.includes(submission.state)
  return lives
    .flatMap((life) => life.attempts.filter(counts).map((each) => usedBy(life, each)))
    .reduce((sum, used) => sum + used, 0)
}
