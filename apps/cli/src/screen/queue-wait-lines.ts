import { type EpochMs, isScheduled, type QueueName, type QueuePolicy } from '@halfrate/core'
import type { BatchOutlook } from '@halfrate/core/turnaround'
import { flow } from './flow.js'
import { type Line, span } from './line.js'
import { countText } from './number-text.js'
import { outlookByText, readyText } from './ready-text.js'
import { instantText } from './time-text.js'

/** A queue in which requests wait, and for what. */
export interface QueueWait {
  readonly queue: QueueName
  readonly waiting: number
  readonly flush: QueuePolicy['flush']
  /** When they become a batch if nothing else happens; now or earlier when they may at once; null when that can't be said. */
  readonly nextBatchAt: EpochMs | null
  /** When the answers of what goes first are likely there; null where that can't be said. */
  readonly outlook: BatchOutlook | null
  /** When they are wanted; null for no instant. */
  readonly wantedAt: EpochMs | null
  /** What is wrong with the queue's policy. */
  readonly problem: string | null
}

/** A line for each queue whose requests wait for a time, or whose policy can't be used. */
export function queueWaitLines(
  waits: readonly QueueWait[],
  now: EpochMs,
  room: { readonly width: number; readonly timeZone?: string | undefined },
): readonly Line[] {
  return waits.flatMap((wait) => {
    const { queue, waiting, nextBatchAt, outlook, wantedAt, problem } = wait
    if (problem === null && (nextBatchAt === null || nextBatchAt <= now)) return []
    const cells: Line[] = [
      [span(`queue ${queue}`, 'bold'), span(`  waiting ${countText(waiting)}`)],
    ]
    if (problem !== null) cells.push([span(problem, 'red')])
    if (nextBatchAt !== null) {
      const at = instantText(nextBatchAt, now, room.timeZone)
      cells.push([span(`next batch ${at}, ${ruleText(wait)}`)])
      if (outlook !== null) cells.push([span(readyText(outlook, now, room.timeZone))])
      if (outlook !== null && wantedAt !== null) {
        const { text, style } = outlookByText(outlook, wantedAt, { now, timeZone: room.timeZone })
        cells.push([span(text, style)])
      }
    }
    return flow(cells, { width: room.width, hang: 5 })
  })
}

function ruleText({ flush }: QueueWait): string {
  const early = flush.count === undefined ? '' : `or at ${countText(flush.count)} requests`
  if (!isScheduled(flush)) return early
  const schedule = `by ${flush.schedule} in ${flush.timeZone}`
  return early === '' ? schedule : `${schedule}, ${early}`
}
