import type { ProjectId, QueueName } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import { Q1, Q2, type Workload } from './workload.js'

/** A queue of a project. */
export interface QueueOf {
  readonly project: ProjectId
  readonly queue: QueueName
}

/** Which queues have handlers for their results, and how these behave while things go wrong. */
export interface Handlers {
  readonly queues: readonly QueueOf[]
  /** Most results with one of them at a time. */
  readonly concurrency: number
  /** The longest that it takes over a result, milliseconds. */
  readonly mostMs: number
  /** Share of results that it does not take. */
  readonly fails: number
  /** Share of results over which its process dies. */
  readonly kills: number
}

/** Draws handlers; none for most seeds. From a draw of their own, so that the other seeds go as they did without. */
export function drawHandlers(
  seed: number,
  own: Workload,
  neighbour: Workload | null,
): Handlers | null {
  const draw = new Draw(seed, 'handlers')
  if (!draw.chance(0.25)) return null
  const queues = draw.pick([[Q1], [Q2], [Q1, Q2]])
  const isBoth = neighbour !== null && new Draw(seed, 'handlers of neighbour').chance(0.6)
  const projects = isBoth ? [own.project, neighbour.project] : [own.project]
  return {
    queues: projects.flatMap((project) => queues.map((queue) => ({ project, queue }))),
    concurrency: draw.pick([1, 1, 2, 8]),
    mostMs: draw.logWhole(1, draw.chance(0.2) ? 600_000 : 3_000),
    fails: draw.pick([0, 0.1, 0.5, 1]),
    kills: draw.pick([0, 0, 0.02, 0.1]),
  }
}
