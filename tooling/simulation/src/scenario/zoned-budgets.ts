import {
  DAY_MS,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  HOUR_MS,
  MINUTE_MS,
  type NanoUsd,
  type QueueName,
  type QueuePolicy,
} from '@halfrate/core'
import type { Budget, BudgetPeriod } from '@halfrate/core/budgets'
import { holdOf } from '@halfrate/core/money'
import { Draw } from '../chance/draw.js'
import { hasDrawnBudgets, type ScopeBudgets } from './budgeted-seeds.js'
import { SIM_PRICE_BOOK } from './prices.js'
import { capOfRivals } from './rivals.js'
import type { Workload } from './workload.js'

/** A place whose day or month turns in a run. */
interface Turn {
  readonly timeZone: string
  /** The first instant of a day there. */
  readonly at: number
  /** How long that day is. */
  readonly hours: number
}

// Days of 25 and of 23½ hours, one without a midnight and one with two, firsts of a month, and an offset of three quarters.
const TURNS: readonly [Turn, ...Turn[]] = [
  { timeZone: 'Europe/Berlin', at: Date.UTC(2026, 9, 24, 22), hours: 25 },
  { timeZone: 'Australia/Lord_Howe', at: Date.UTC(2026, 9, 3, 13, 30), hours: 23.5 },
  { timeZone: 'America/Santiago', at: Date.UTC(2026, 8, 6, 4), hours: 23 },
  { timeZone: 'America/Havana', at: Date.UTC(2026, 10, 1, 4), hours: 25 },
  { timeZone: 'America/New_York', at: Date.UTC(2026, 10, 1, 4), hours: 25 },
  { timeZone: 'Asia/Kathmandu', at: Date.UTC(2026, 10, 30, 18, 15), hours: 24 },
  { timeZone: 'Pacific/Auckland', at: Date.UTC(2026, 10, 30, 11), hours: 24 },
]

const SHARE = 0.15
const AT_ONCE = { count: 10_000, bytes: 200_000_000, ageMs: 0 }
// Of all that there is to send, so that what comes before a midnight leaves no room for what comes after it.
const CAP_SHARE = 0.35

/** Of which place the budgets of a seed are. */
interface Zone extends Turn {
  /** The midnight that the run is about: that of the place, or that of UTC in its day. */
  readonly moment: number
}

/** When a run with budgets of a place begins, shortly before a midnight there or in UTC; null for any other run. */
export function startOfZone(seed: number, workload: Workload, busyMs: number): number | null {
  const zone = drawZone(seed, workload)
  return zone === null ? null : zone.moment - gapOf(seed, busyMs)
}

/** Has some seeds get half of their work before such a midnight and half of it after, to be sent at once. */
export function withZone(seed: number, workload: Workload, busyMs: number): Workload {
  const zone = drawZone(seed, workload)
  if (zone === null) return workload
  const draw = new Draw(seed, 'zoned deliveries')
  const gapMs = gapOf(seed, busyMs)
  const deliveries = workload.deliveries
    .map((delivery, index) => {
      const afterMs = gapMs + draw.whole(1_000, MINUTE_MS)
      return { ...delivery, atMs: index % 2 === 0 ? 0 : afterMs }
    })
    .toSorted((one, other) => one.atMs - other.atMs)
  const policies = new Map<QueueName, Partial<QueuePolicy>>()
  for (const [queue, policy] of workload.policies) {
    policies.set(queue, { ...policy, flush: AT_ONCE })
  }
  return { ...workload, deliveries, policies }
}

/** The budgets of such a seed: of the account, and of its project for one more period. */
export function zonedBudgets(seed: number, workload: Workload): ScopeBudgets {
  const zone = drawZone(seed, workload)
  if (zone === null) return []
  const { timeZone } = zone
  const rows = workload.deliveries.flatMap((delivery) => delivery.rows)
  const holds = rows.map((row) => holdOf({ ...row, at: 0, book: SIM_PRICE_BOOK }) ?? 0)
  const total = holds.reduce((sum: number, hold) => sum + hold, 0)
  const capNano = Math.ceil(Math.max(1.2 * Math.max(...holds, 0), CAP_SHARE * total)) as NanoUsd
  const budgetBy = (period: BudgetPeriod): Budget => ({
    timeZone,
    caps: [{ period, capNano, warnAt: [50] }],
  })
  const [one, other] = new Draw(seed, 'zoned periods').chance(0.5)
    ? (['day', 'month'] as const)
    : (['month', 'day'] as const)
  return [
    { scope: { type: 'account', account: DEFAULT_ACCOUNT }, budget: budgetBy(one) },
    { scope: { type: 'project', project: DEFAULT_PROJECT }, budget: budgetBy(other) },
  ]
}

// From a draw of its own, and in no seed that has other budgets, so that these go as they did.
function drawZone(seed: number, workload: Workload): Zone | null {
  if (capOfRivals(seed, workload) !== null || hasDrawnBudgets(seed)) return null
  const draw = new Draw(seed, 'zone')
  if (!draw.chance(SHARE)) return null
  const turn = draw.pick(TURNS)
  const utc = (Math.floor(turn.at / DAY_MS) + 1) * DAY_MS
  const moment = draw.pick([utc, utc, turn.at, turn.at + turn.hours * HOUR_MS])
  return { ...turn, moment }
}

// From the beginning until that midnight: workers look now and then, and must have sent something by then.
function gapOf(seed: number, busyMs: number): number {
  return Math.round(busyMs * new Draw(seed, 'zoned gap').logUniform(0.3, 0.7))
}
