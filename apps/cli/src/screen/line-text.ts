import { DEFAULT_PROJECT } from '@halfrate/core'
import type { LineStand, QueueInLine } from '@halfrate/runtime'
import { countOf, countText } from './number-text.js'

/** How an account's line stands, for people. */
export function lineLines({ limit, queues }: LineStand): readonly string[] {
  const inLine = queues.reduce((sum, each) => sum + each.inLine, 0)
  const said =
    limit === null
      ? `${countOf(inLine, 'request')} in line at Claude; nobody said how many there may be`
      : `${countText(inLine)} of ${countOf(limit, 'request')} in line at Claude`
  return [said, ...queues.map(queueLine)]
}

/** The same for programs. */
export function lineObject({ limit, queues }: LineStand): object {
  return {
    type: 'limits',
    enqueued_limit: limit,
    enqueued: queues.reduce((sum, each) => sum + each.inLine, 0),
    queues: queues.map(({ project, queue, inLine, waiting }) => ({
      ...{ project, queue, enqueued: inLine, waiting_for_room: waiting },
    })),
  }
}

function queueLine({ project, queue, inLine, waiting }: QueueInLine): string {
  const name = project === DEFAULT_PROJECT ? queue : `${project} ${queue}`
  const room = waiting > 0 ? `, ${countText(waiting)} wait for room` : ''
  return `  ${name}: ${countText(inLine)}${room}`
}
