import type { BudgetPeriod } from '@halfrate/core/budgets'

// Clocks are set by no less, and offsets from UTC are whole quarters of an hour.
const STEP_MS = 15 * 60_000

interface Known {
  readonly label: string
  readonly since: number
}

/**
 * When the period of a place began, by what its clocks show: walks back until they show another day, or another month. It shares
 * nothing with how the engine reckons it.
 */
export class PeriodStart {
  readonly #formats = new Map<string, Intl.DateTimeFormat>()
  readonly #known = new Map<string, Known>()

  /** The first instant of the period that an instant is in; 0 for the one of all time. */
  of(
    { period, timeZone }: { readonly period: BudgetPeriod; readonly timeZone: string },
    at: number,
  ): number {
    if (period === 'total') return 0
    const labelAt = (ms: number): string => this.#labelOf(period, timeZone, ms)
    const label = labelAt(at)
    const name = `${period} ${timeZone}`
    const known = this.#known.get(name)
    if (known?.label === label && known.since <= at) return known.since
    let since = Math.floor(at / STEP_MS) * STEP_MS
    while (labelAt(since - STEP_MS) === label) since -= STEP_MS
    this.#known.set(name, { label, since })
    return since
  }

  #labelOf(period: 'day' | 'month', timeZone: string, at: number): string {
    const format = this.#formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone })
    this.#formats.set(timeZone, format)
    const date = format.format(at)
    return period === 'day' ? date : date.slice(0, 'yyyy-mm'.length)
  }
}
