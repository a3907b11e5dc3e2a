import {
  DEFAULT_PROJECT,
  HOUR_MS,
  laneKey,
  MINUTE_MS,
  type QueueName,
  type QueuePolicy,
} from '@halfrate/core'
import { cronCalendar } from '@halfrate/runtime'
import { Draw } from '../../src/chance/draw.js'
import { runToEnd, runUntil } from '../../src/ending.js'
import type { FaultKind } from '../../src/faults/fault-kind.js'
import { RandomFaults } from '../../src/faults/random-faults.js'
import { drawScenario, type Scenario } from '../../src/scenario/scenario.js'
import { type Delivery, RowMaker, type Workload } from '../../src/scenario/workload.js'
import { Simulation } from '../../src/simulation.js'

/** A place, and when its nightly work is to go. */
export interface Place {
  readonly timeZone: string
  readonly schedule: string
  /** About how far the local clock is from UTC, hours. */
  readonly offsetHours: number
}

/** A batch as it went. */
export interface Night {
  readonly timeZone: string
  readonly sealedAt: number
  readonly requests: number
}

const DAY_MS = 24 * HOUR_MS

/** How a year is simulated. */
export interface Year {
  readonly places: readonly Place[]
  readonly startAt: number
  readonly days: number
  readonly workers: number
  readonly rates: ReadonlyMap<FaultKind, number>
}

/** Lets workers go through a year in which each place gets a request at about every local noon. Answers the batches. */
export async function simulateYear(year: Year): Promise<readonly Night[]> {
  const scenario = scenarioOf(year)
  const simulation = await Simulation.open({
    ...{ scenario, storeKind: 'memory', calendar: cronCalendar },
  })
  const { scheduler, strikes, windows, log, pool, violations } = simulation
  const draw = new Draw(scenario.seed, 'faults')
  const now = (): number => scheduler.now
  simulation.start(new RandomFaults({ plan: scenario.plan, strikes, windows, draw, log, now }))
  await runUntil(simulation, scenario.startAt + scenario.chaosMs, () => false)
  simulation.heal()
  pool.calm(30 * MINUTE_MS)
  const doneBy = scheduler.now + 3 * DAY_MS
  await runToEnd(simulation, { doneBy, bookedBy: doneBy + 2 * DAY_MS })
  if (violations.any) throw new Error(JSON.stringify(violations.all))
  const submissions = await simulation.storeJudge.submissions()
  await simulation.store.shutdown()
  return submissions
    .filter(({ state }) => state === 'collected')
    .map(({ queue, sealedAt, requestCount: requests }) => ({
      ...{ timeZone: queue, sealedAt: sealedAt ?? 0, requests },
    }))
}

function scenarioOf({ places, startAt, days, workers, rates }: Year): Scenario {
  const usual = drawScenario(1, 'many', ['asked'])
  const chaosMs = days * DAY_MS
  return {
    ...usual,
    startAt,
    // A worker wakes when something is due, and seldom for anything else: a year is long.
    settings: {
      ...usual.settings,
      ...{ idleMs: 6 * HOUR_MS, watchEveryMs: 6 * HOUR_MS, concurrency: 4 },
      ...{ pollMinMs: 20 * MINUTE_MS, pollMaxMs: HOUR_MS },
    },
    plan: { ...usual.plan, rates, breaks: [], focus: null, theme: null },
    workload: workloadOf(places, days),
    ...{ neighbour: null, budgets: new Map(), scopeBudgets: [], handlers: null, person: null },
    ...{ onLostAnswer: 'resend', workers, chaosMs, busyMs: chaosMs, skewMs: 0 },
    ...{ pageLimit: 200, listLimit: 100, poisonShare: 0, verifyEvery: 1_000_000 },
    turnaroundMs: [10 * MINUTE_MS, 20 * MINUTE_MS],
  }
}

function workloadOf(places: readonly Place[], days: number): Workload {
  const draw = new Draw(1, 'a year of noons')
  const maker = new RowMaker()
  const deliveries = places.flatMap(({ timeZone, offsetHours }) =>
    Array.from({ length: days }, (_, day): Delivery => {
      const noonMs = day * DAY_MS + (12 - offsetHours) * HOUR_MS
      const key = `${timeZone} ${day}`
      return {
        ...{ job: null, queue: timeZone as QueueName, onConflict: 'report' },
        rows: [
          maker.make({
            key,
            row: null,
            model: 'claude-haiku-4-5',
            lane: laneKey({}),
            shared: null,
          }),
        ],
        atMs: noonMs + draw.whole(-4 * HOUR_MS, 4 * HOUR_MS),
      }
    }),
  )
  return {
    project: DEFAULT_PROJECT,
    deliveries: deliveries.toSorted((one, other) => one.atMs - other.atMs),
    ...{ cancellations: [], trespassesAtMs: [], facts: maker.facts },
    policies: new Map(
      places.map(({ timeZone, schedule }): [QueueName, Partial<QueuePolicy>] => [
        timeZone as QueueName,
        { flush: { schedule, timeZone } },
      ]),
    ),
  }
}
