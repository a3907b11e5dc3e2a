import { withKeyTail } from '@halfrate/core/intake'
import { Draw } from '../chance/draw.js'
import type { Workload } from './workload.js'

const SHARE = 0.25

/**
 * The work of some seeds, with ids that end in keys: in most of its deliveries, so that what comes again may come with tails and
 * without. From a draw of its own, so that the other seeds go as they did.
 */
export function withKeyTails(seed: number, workload: Workload): Workload {
  const draw = new Draw(seed, `key tails of ${workload.project}`)
  if (!draw.chance(SHARE)) return workload
  const deliveries = workload.deliveries.map((delivery) =>
    draw.chance(0.7) ? { ...delivery, rows: delivery.rows.map(withKeyTail) } : delivery,
  )
  return { ...workload, deliveries }
}
