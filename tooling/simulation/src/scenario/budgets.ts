import type { NanoUsd } from '@halfrate/core'
import { holdOf } from '@halfrate/core/money'
import { Draw } from '../chance/draw.js'
import { SIM_PRICE_BOOK } from './prices.js'
import type { Delivery } from './workload.js'

/** What jobs may cost, by their names. */
export type Budgets = ReadonlyMap<string, NanoUsd>

/**
 * Draws caps for the jobs of some seeds, from less than one request needs to more than all of them. From a draw of their own,
 * so that the other seeds go as they did without.
 */
export function drawBudgets(seed: number, deliveries: readonly Delivery[]): Budgets {
  const draw = new Draw(seed, 'budgets')
  const budgets = new Map<string, NanoUsd>()
  if (!draw.chance(0.2)) return budgets
  for (const { job, rows } of deliveries) {
    if (job === null || budgets.has(job)) continue
    const holds = rows.map((row) => holdOf({ ...row, at: 0, book: SIM_PRICE_BOOK }) ?? 0)
    const most = Math.max(...holds)
    const share = draw.logUniform(0.5, rows.length * 1.5)
    if (draw.chance(0.8)) budgets.set(job, Math.ceil(most * share) as NanoUsd)
  }
  return budgets
}
