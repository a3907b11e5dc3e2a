import {
  ConfigError,
  DEFAULT_PROJECT,
  decideFlush,
  type EpochMs,
  type FlushByHand,
  flushDueAt,
  isScheduled,
  type JobId,
  laneOf,
  type QueueName,
  type QueuePolicy,
  queueFlushSetting,
  type WaitingGroup,
} from '@halfrate/core'
import { policyIn, sendByAt } from '@halfrate/core/turnaround'
import { cronCalendar, type Halfrate } from '@halfrate/runtime'
import type { QueueWait } from '../screen/queue-wait-lines.js'
import { outlookOfWaiting } from './batch-outlook.js'
import { readPolicy } from './read-policy.js'

// What a queue waits for does not change with the last of a million requests.
const MOST_COUNTED = 100_000

/**
 * What each queue with waiting requests waits for, and until when. Requests of the jobs in `except` wait for something of
 * their own, and are left out.
 */
export async function queueWaits(
  half: Halfrate,
  now: EpochMs,
  except: readonly JobId[] = [],
): Promise<readonly QueueWait[]> {
  const overviews = await half.store.listQueues({ project: DEFAULT_PROJECT })
  const waits = await Promise.all(
    overviews.map(({ queue }) => waitOf(half, { queue, except }, now)),
  )
  return waits.filter((wait) => wait !== null)
}

/** The groups of a queue that may become a batch now, as far as its flush rule goes; none where its policy can't be used. */
export async function dueGroups(
  half: Pick<Halfrate, 'store'>,
  queue: QueueName,
  now: EpochMs,
): Promise<readonly WaitingGroup[]> {
  const { groups } = await half.store.queueFacts({
    ...{ project: DEFAULT_PROJECT, queue },
    upTo: MOST_COUNTED,
  })
  if (groups.length === 0) return []
  const policy = await readPolicy(half, queue)
  const byHand = await readFlushByHand(half, queue)
  const isDue = (group: WaitingGroup): boolean => flushAt(group, { policy, byHand }, now) <= now
  try {
    return groups.filter(isDue)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return []
  }
}

async function readFlushByHand(
  { store }: Pick<Halfrate, 'store'>,
  queue: QueueName,
): Promise<FlushByHand | null> {
  const setting = await store.getSetting(queueFlushSetting(DEFAULT_PROJECT, queue))
  return (setting?.value ?? null) as FlushByHand | null
}

async function waitOf(
  half: Halfrate,
  { queue, except }: { readonly queue: QueueName; readonly except: readonly JobId[] },
  now: EpochMs,
): Promise<QueueWait | null> {
  const facts = { project: DEFAULT_PROJECT, queue, upTo: MOST_COUNTED, except }
  const { groups } = await half.store.queueFacts(facts)
  if (groups.length === 0) return null
  const policy = await readPolicy(half, queue)
  const waiting = groups.reduce((sum, { count }) => sum + count, 0)
  const base = { queue, waiting, flush: policy.flush }
  try {
    const byHand = await readFlushByHand(half, queue)
    const timed = await Promise.all(
      groups.map(async (group) => {
        const byRule = flushAt(group, { policy: policyIn(group.lane, policy), byHand }, now)
        const { deadlineAt } = laneOf(group.lane)
        if (deadlineAt === null) return { group, at: byRule, deadlineAt }
        const soon = await outlookOfWaiting(half, { queue, group, except, startsAt: now })
        const sendBy = soon === null ? byRule : sendByAt(soon.odds, deadlineAt)
        return { group, at: Math.min(byRule, sendBy), deadlineAt }
      }),
    )
    const first = timed.reduce((one, other) => (other.at < one.at ? other : one))
    const startsAt = Math.max(now, first.at)
    const outlook = await outlookOfWaiting(half, { queue, group: first.group, except, startsAt })
    return { ...base, nextBatchAt: first.at, outlook, wantedAt: first.deadlineAt, problem: null }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { ...base, nextBatchAt: null, outlook: null, wantedAt: null, problem: error.message }
  }
}

function flushAt(
  group: WaitingGroup,
  { policy, byHand }: { readonly policy: QueuePolicy; readonly byHand: FlushByHand | null },
  now: EpochMs,
): EpochMs {
  // Whoever is waited for waits for no batch.
  if (laneOf(group.lane).route === 'realtime') return now
  const { flush } = policy
  const after = group.oldestCreatedAt
  const nextSlotAt = isScheduled(flush) ? cronCalendar.nextSlotAt({ ...flush, after }) : null
  const decision = decideFlush({ ...group, nextSlotAt }, policy, now)
  return flushDueAt(decision, group, byHand, now)
}
