import type { LineDemand } from '../../model/account-limits.js'
import type { ProjectId, QueueName } from '../../model/ids.js'
import type { EpochMs } from '../../model/time.js'

// A batch far below its queue's share is not worth its calls: more becomes free before long.
const LEAST_PART_OF_SHARE = 0.1

/** Requests of a queue. */
export interface QueueCount {
  readonly project: ProjectId
  readonly queue: QueueName
  readonly count: number
}

/** What a queue's room in an account's line is decided on. */
export interface ShareFacts {
  /** Requests that may be in line at once. */
  readonly limit: number
  /** What is in line, or sealed for it, in any order; a queue may stand there several times. */
  readonly inLine: readonly QueueCount[]
  /** Who else wants more. */
  readonly demands: readonly LineDemand[]
  /** Who asks, and how much it would put in line. */
  readonly asks: QueueCount
}

/** How many requests a queue may put in line now. */
export interface ShareDecision {
  readonly room: number
  /** What it may have in line in all while the others want what they want. */
  readonly share: number
}

/**
 * Divides an account's line: first between projects and then between the queues of each, so that nobody gets more while
 * somebody who wants it has less.
 *
 * What is in line stays, so whoever came late gets what becomes free until it has its share. A share that nobody else wants is
 * free for all.
 */
export function shareOf(facts: ShareFacts, now: EpochMs): ShareDecision {
  const { limit, asks, inLine } = facts
  const wanted = wantedBy(facts, now)
  const ofProjects = evenly(limit, sumsOf(wanted))
  const siblings = wanted.get(asks.project) as ReadonlyMap<string, number>
  const share = evenly(ofProjects.get(asks.project) as number, siblings).get(asks.queue) as number
  const total = inLine.reduce((sum, { count }) => sum + count, 0)
  const own = inLine
    .filter(({ project, queue }) => project === asks.project && queue === asks.queue)
    .reduce((sum, { count }) => sum + count, 0)
  const room = Math.max(0, Math.min(asks.count, limit - total, share - own))
  const isWorthIt = room === asks.count || room >= Math.floor(share * LEAST_PART_OF_SHARE)
  return { room: isWorthIt ? room : 0, share }
}

type Wanted = Map<ProjectId, Map<QueueName, number>>

// What each has in line, and what it would put there beside it.
function wantedBy({ inLine, demands, asks }: ShareFacts, now: EpochMs): Wanted {
  const wanted: Wanted = new Map()
  const add = ({ project, queue, count }: QueueCount): void => {
    const queues = wanted.get(project) ?? new Map<QueueName, number>()
    wanted.set(project, queues.set(queue, (queues.get(queue) ?? 0) + count))
  }
  for (const each of inLine) add(each)
  for (const { project, queue, wants, until } of demands) {
    const isOwn = project === asks.project && queue === asks.queue
    if (until > now && !isOwn) add({ project, queue, count: wants })
  }
  add(asks)
  return wanted
}

function sumsOf(wanted: Wanted): ReadonlyMap<ProjectId, number> {
  const sum = (queues: ReadonlyMap<string, number>): number =>
    [...queues.values()].reduce((total, count) => total + count, 0)
  return new Map([...wanted].map(([project, queues]) => [project, sum(queues)] as const))
}

// Max-min: whoever wants less than an even part gets all of it, and the others share what that leaves. What is left over by
// rounding down goes to the first by name, so that all planners divide alike.
function evenly<Name extends string>(
  whole: number,
  wanted: ReadonlyMap<Name, number>,
): ReadonlyMap<Name, number> {
  const parts = new Map<Name, number>()
  const byWant = [...wanted].sort(
    ([oneName, one], [otherName, other]) => one - other || (oneName < otherName ? -1 : 1),
  )
  let left = whole
  for (const [index, [name, wants]] of byWant.entries()) {
    const part = Math.min(wants, Math.ceil(left / (byWant.length - index)))
    parts.set(name, part)
    left -= part
  }
  return parts
}
