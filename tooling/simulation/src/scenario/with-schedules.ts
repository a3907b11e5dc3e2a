import { DAY_MS, MINUTE_MS, type QueueName, type QueuePolicy } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { LocalTimes } from '../time/local-slots.js'
import type { Workload } from './workload.js'

/** A queue's schedule, and by what the simulator knows its slots. */
export interface DrawnSchedule {
  readonly timeZone: string
  readonly times: LocalTimes
}

/** The schedules of a run, and when it begins. */
export interface Schedules {
  readonly byQueue: ReadonlyMap<QueueName, DrawnSchedule>
  readonly startAt: number
}

interface Moment {
  readonly timeZone: string
  /** Clocks change there, or nothing does. */
  readonly at: number
  /** A time of the day that comes twice then, or not at all. */
  readonly time: { readonly hour: number; readonly minute: number }
}

// An hour that comes twice and one that is left out, half an hour of each, a midnight that is left out, and places where nothing changes.
const MOMENTS: readonly [Moment, ...Moment[]] = [
  moment('Europe/Berlin', '2026-10-25T01:00Z', 2, 30),
  moment('Europe/Berlin', '2027-03-28T01:00Z', 2, 30),
  moment('America/New_York', '2026-11-01T06:00Z', 1, 15),
  moment('Australia/Lord_Howe', '2026-10-03T15:30Z', 2, 10),
  moment('Australia/Lord_Howe', '2027-04-03T15:00Z', 1, 45),
  moment('America/Santiago', '2026-09-06T04:00Z', 0, 20),
  moment('Asia/Kathmandu', '2026-12-01T12:00Z', 18, 0),
  moment('UTC', '2026-12-01T14:00Z', 14, 0),
]

const SHARE = 0.12
const EVERY_MINUTES: readonly [number, ...number[]] = [15, 30, 60]
const COUNT_SHARE = 0.2

/**
 * Draws schedules for the queues of some seeds, whose runs begin shortly before clocks change; null for the other seeds, which go as they did.
 * Not for those that begin at a time of their own, in which something is wanted by an instant, or that put a backup back.
 */
export function drawSchedules(
  seed: number,
  workload: Workload,
  of: { readonly plan: FaultPlan; readonly busyMs: number; readonly isTimed: boolean },
): Schedules | null {
  const draw = new Draw(seed, 'schedules')
  const rows = workload.deliveries.flatMap((delivery) => delivery.rows)
  const isWanted = rows.some(({ deadlineAt }) => deadlineAt !== null)
  if (!draw.chance(SHARE) || of.isTimed || isWanted || of.plan.rates.has('restored')) return null
  const { timeZone, at, time } = draw.pick(MOMENTS)
  const byQueue = new Map<QueueName, DrawnSchedule>()
  for (const queue of workload.policies.keys()) {
    const minutes = draw.pick(EVERY_MINUTES)
    const times = draw.chance(0.5)
      ? ({ type: 'daily', ...time } as const)
      : ({ type: 'every', minutes } as const)
    byQueue.set(queue, { timeZone, times })
  }
  return { byQueue, startAt: at - Math.floor(draw.fraction() * of.busyMs) }
}

/** Has the queues of a workload go by their schedules, some of them by a number of requests too. */
export function withSchedules(
  seed: number,
  workload: Workload,
  { byQueue }: Pick<Schedules, 'byQueue'>,
): Workload {
  const draw = new Draw(seed, `scheduled ${workload.project}`)
  const policies = [...workload.policies].map(([queue, policy]) => {
    const schedule = byQueue.get(queue)
    if (schedule === undefined) return [queue, policy] as const
    const count = draw.chance(COUNT_SHARE) ? { count: draw.whole(2, 10) } : {}
    const flush = { schedule: fieldsOf(schedule.times), timeZone: schedule.timeZone, ...count }
    return [queue, { ...policy, flush } satisfies Partial<QueuePolicy>] as const
  })
  return { ...workload, policies: new Map(policies) }
}

/** The longest that a request waits for a slot. */
export function longestWaitMs({ byQueue }: Pick<Schedules, 'byQueue'>): number {
  const isDaily = [...byQueue.values()].some(({ times }) => times.type === 'daily')
  return isDaily ? DAY_MS + 120 * MINUTE_MS : 60 * MINUTE_MS
}

function fieldsOf(times: LocalTimes): string {
  if (times.type === 'daily') return `${times.minute} ${times.hour} * * *`
  return times.minutes === 60 ? '0 * * * *' : `*/${times.minutes} * * * *`
}

function moment(timeZone: string, at: string, hour: number, minute: number): Moment {
  return { timeZone, at: Date.parse(at), time: { hour, minute } }
}
