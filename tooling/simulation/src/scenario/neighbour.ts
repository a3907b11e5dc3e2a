import type { OnLostAnswer, ProjectId } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import {
  another,
  changed,
  type Delivery,
  drawCancellations,
  drawPolicy,
  RowMaker,
  type Workload,
} from './workload.js'

/** The other project of a run that has two. */
export const NEIGHBOUR: ProjectId = 'neighbour' as ProjectId

/** What the work of a neighbour is drawn for. */
export interface NeighbourFacts {
  readonly chaosMs: number
  readonly onLostAnswer: OnLostAnswer
  readonly giveUpAfterMs: number
}

const SHARE = 0.2
const MOST_REQUESTS = 10
// Above every token of the project's own.
const FIRST_TOKEN = 10_000

/**
 * Draws what callers of another project do in the same store: in queues and jobs, and under keys, of the same names, with
 * requests of which a half equals the project's own byte for byte. Null for most seeds; from a draw of its own, so that
 * these go as they did without.
 */
export function drawNeighbour(seed: number, own: Workload, facts: NeighbourFacts): Workload | null {
  const draw = new Draw(seed, 'neighbour')
  if (!draw.chance(SHARE)) return null
  const { chaosMs } = facts
  const maker = new RowMaker(FIRST_TOKEN)
  const deliveries = drawDeliveries(draw, own, maker, chaosMs)
  const total = deliveries.reduce((sum, { rows }) => sum + rows.length, 0)
  const policy = { ...facts, crowd: null, total }
  return {
    project: NEIGHBOUR,
    deliveries,
    cancellations: drawCancellations(draw, deliveries, chaosMs),
    trespassesAtMs: draw.chance(0.5) ? [Math.floor(draw.fraction() * chaosMs)] : [],
    policies: new Map([...own.policies.keys()].map((queue) => [queue, drawPolicy(draw, policy)])),
    facts: maker.facts,
  }
}

function drawDeliveries(
  draw: Draw,
  own: Workload,
  maker: RowMaker,
  chaosMs: number,
): readonly Delivery[] {
  const deliveries: Delivery[] = []
  let left = draw.whole(2, MOST_REQUESTS)
  const atMs = (): number => Math.floor(draw.fraction() ** 3 * chaosMs * 0.6)
  for (const theirs of own.deliveries.filter(({ onConflict }) => onConflict === 'report')) {
    const rows = theirs.rows
      .slice(0, left)
      .map((row) => (draw.chance(0.5) ? row : another(row, maker)))
    if (rows.length === 0) break
    left -= rows.length
    const delivery: Delivery = { ...theirs, rows, atMs: atMs() }
    deliveries.push(delivery)
    if (draw.chance(0.2)) deliveries.push(changed(delivery, maker, draw, atMs()))
  }
  return deliveries
}
