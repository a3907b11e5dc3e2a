import type { Attempt } from '../../model/attempt.js'
import type { BudgetScope, BudgetUse } from '../../model/budget.js'
import { type NanoUsd, ZERO_USD } from '../../model/money.js'
import type { Submission } from '../../model/submission.js'
import type { EpochMs } from '../../model/time.js'
import { AT_PROVIDER_STATES, NO_SPENDING, plusSpending, spentOn } from '../budget.js'
import { isHedge } from '../hedging.js'

/** Nothing used. */
export const NO_USE: BudgetUse = Object.freeze({ spentNano: ZERO_USD, heldNano: ZERO_USD })

/** How a submission counts against the budgets of its queue, project and account. */
export type UseFigure = 'nothing' | 'hold' | 'spent' | 'attempts'

/**
 * By which figure a submission counts: the hold of its row until it is over, what was added up when it was collected, or what
 * its attempts say one by one. Those are asked where the row can't tell: an orphan's hold was freed before it came back, a
 * lost one may have been paid, and a line may come after the end.
 */
export function useFigureOf(
  submission: Pick<Submission, 'state' | 'orphan' | 'possiblyPaid' | 'spentNano'>,
): UseFigure {
  const { state, orphan, possiblyPaid, spentNano } = submission
  switch (state) {
    case 'filling':
    case 'dissolved':
      return 'nothing'
    case 'rejected':
    case 'lost':
      return possiblyPaid ? 'attempts' : 'nothing'
    case 'collected':
      return spentNano === null ? 'attempts' : 'spent'
    default:
      return orphan && AT_PROVIDER_STATES.includes(state) ? 'attempts' : 'hold'
  }
}

/** What a submission adds to the use of its budgets. `attempts` is asked only where its row can't tell. */
export function useOf(submission: Submission, attempts: () => Iterable<Attempt>): BudgetUse {
  const rule = useFigureOf(submission)
  if (rule === 'nothing') return NO_USE
  if (rule === 'hold') return { ...NO_USE, heldNano: submission.holdNano }
  if (rule === 'spent') return { ...NO_USE, spentNano: submission.spentNano ?? ZERO_USD }
  return useOfAttempts(submission, attempts())
}

/** The same, added up from its attempts. */
export function useOfAttempts(
  { state }: Pick<Submission, 'state'>,
  attempts: Iterable<Attempt>,
): BudgetUse {
  let sum = NO_SPENDING
  for (const attempt of attempts) sum = plusSpending(sum, spentOn(attempt, state))
  const spentNano = (sum.paidNano + sum.possiblyPaidNano) as NanoUsd
  return { spentNano, heldNano: sum.heldNano }
}

/** The instant by which a submission is of a period: that of its sealing, or of its appearing for one that never was sealed. */
export function countedAt({
  sealedAt,
  openedAt,
}: Pick<Submission, 'sealedAt' | 'openedAt'>): EpochMs {
  return sealedAt ?? openedAt
}

/** Whether a submission is work of a scope. */
export function isOfScope(
  submission: Pick<Submission, 'project' | 'account' | 'queue' | 'lane'>,
  scope: BudgetScope,
): boolean {
  if (scope.type === 'account') return submission.account === scope.account
  if (submission.project !== scope.project) return false
  if (scope.type === 'project') return true
  if (submission.queue !== scope.queue) return false
  return scope.type === 'queue' || isHedge(submission)
}

/** Adds two uses up. */
export function plusUse(one: BudgetUse, other: BudgetUse): BudgetUse {
  return {
    spentNano: (one.spentNano + other.spentNano) as NanoUsd,
    heldNano: (one.heldNano + other.heldNano) as NanoUsd,
  }
}

/** All that counts against a cap. */
export function countedNano({ spentNano, heldNano }: BudgetUse): NanoUsd {
  return (spentNano + heldNano) as NanoUsd
}
