import { type BudgetStop, type NanoUsd, type Spending, usedNano } from '@halfrate/core'
import { usdShort, usdText } from '@halfrate/core/money'

/** The cap of a job, and what counts against it. */
export interface BudgetFacts {
  readonly capNano: NanoUsd
  readonly spending: Spending
  /** Null while the job goes on. */
  readonly stopped: BudgetStop | null
  /** Set where the next row does not fit, whether others are under way or not: the cap at which it would. */
  readonly held: Pick<BudgetStop, 'neededNano'> | null
}

/** How a request stands to the cap of its job. */
export interface BudgetWait extends BudgetFacts {
  readonly isWaiting: boolean
  /** What it waits for, as a sentence without its end. */
  readonly text: string
}

/** The cap of a job in a few words: `cap $20.00, $18.10 of it used`. */
export function capText({ capNano, spending }: BudgetFacts): string {
  const used = usedNano(spending)
  if (used > capNano) return `cap ${usdShort(capNano)}, ${usdShort(used)} used`
  return `cap ${usdShort(capNano)}, ${usdShort(used)} of it used`
}

/** Why a job stands still at its cap, in one sentence without its end. */
export function stopText({ capNano, stopped }: Pick<BudgetFacts, 'capNano' | 'stopped'>): string {
  const needed = stopped?.neededNano ?? null
  if (needed === null) {
    return `what can be paid is not known, so nothing is known to fit under the cap of ${usdShort(capNano)}`
  }
  return `the next row needs a cap of ${usdShort(roundedUp(needed))}, and it is ${usdShort(capNano)}`
}

const NANO_PER_CENT = 10_000_000
// As `usdShort` shows them.
const SHOWN_FIGURES = 2

/** Up to whole cents, or to two figures of what is less than ten of them, so that it is enough when it is read and typed. */
export function roundedUp(nano: NanoUsd): NanoUsd {
  const unit = Math.min(NANO_PER_CENT, 10 ** Math.max(0, String(nano).length - SHOWN_FIGURES))
  return (Math.ceil(nano / unit) * unit) as NanoUsd
}

/** The cap of a job for programs. Money is decimal text in dollars. */
export interface BudgetObject {
  readonly cap_usd: string
  readonly paid_usd: string
  /** May have been paid, or was at an unknown price: at most that. */
  readonly possibly_paid_usd: string
  /** The most that can still be paid for what is under way. */
  readonly held_usd: string
  readonly used_usd: string
  /** Nothing is under way, and the next row does not fit. */
  readonly is_stopped: boolean
  /** Cap at which it would fit; null when nobody can tell, or while the job goes on. */
  readonly needed_usd: string | null
}

/** Makes the object of a cap; null for a job without one. */
export function budgetObject(budget: BudgetFacts | null): BudgetObject | null {
  if (budget === null) return null
  const { capNano, spending, stopped } = budget
  const needed = stopped?.neededNano ?? null
  return {
    cap_usd: usdText(capNano),
    paid_usd: usdText(spending.paidNano),
    possibly_paid_usd: usdText(spending.possiblyPaidNano),
    held_usd: usdText(spending.heldNano),
    used_usd: usdText(usedNano(spending)),
    is_stopped: stopped !== null,
    needed_usd: needed === null ? null : usdText(needed),
  }
}
