import {
  DEFAULT_ENGINE_SETTINGS,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  laneKey,
  MINUTE_MS,
} from '@halfrate/core'
import type { ProviderModel } from '@halfrate/emulator/model'
import type { FaultPlan } from '../faults/fault-plan.js'
import { type Scenario, START_AT } from '../scenario/scenario.js'
import { RowMaker } from '../scenario/workload.js'

const REQUESTS = 12
const PER_BATCH = 6

const NO_FAULTS: FaultPlan = {
  rates: new Map(),
  breaks: [],
  focus: null,
  theme: null,
  sizes: {
    lateMs: 0,
    listLagMs: 0,
    staleMs: 0,
    retrieveLagMs: 0,
    flapMs: 0,
    lastByteMs: 0,
    pauseMs: 0,
    restartMs: 90_000,
    uploadMs: 1,
    retryAfterMs: 0,
    hangMs: 1,
    unreadableMs: 0,
    providerOffsetMs: 0,
    outageMs: 0,
    frozenListMs: 0,
    jumpMs: 0,
    awayMs: 0,
  },
}

/** The run whose every port call is made to fail: 12 requests of one job, in two batches of six. */
export function canonicalScenario(): Scenario {
  const maker = new RowMaker()
  const lane = laneKey({})
  const rows = Array.from({ length: REQUESTS }, (_, index) =>
    maker.make({
      key: `k${index + 1}`,
      row: index + 1,
      model: 'claude-haiku-4-5',
      lane,
      shared: null,
    }),
  )
  const flush = { count: 10_000, bytes: 200_000_000, ageMs: 0 }
  return {
    seed: 1,
    startAt: START_AT,
    settings: { ...DEFAULT_ENGINE_SETTINGS, idleMs: 5 * MINUTE_MS, heartbeatMs: 10 * MINUTE_MS },
    plan: NO_FAULTS,
    workload: {
      project: DEFAULT_PROJECT,
      deliveries: [{ job: 'job', queue: DEFAULT_QUEUE, rows, onConflict: 'report', atMs: 0 }],
      cancellations: [],
      trespassesAtMs: [],
      policies: new Map([[DEFAULT_QUEUE, { flush, maxBatchRequests: PER_BATCH }]]),
      facts: maker.facts,
    },
    neighbour: null,
    budgets: new Map(),
    scopeBudgets: [],
    schedules: null,
    handlers: null,
    onLostAnswer: 'resend',
    person: null,
    workers: 1,
    chaosMs: 0,
    busyMs: 0,
    pageLimit: 5,
    listLimit: 3,
    turnaroundMs: [5 * MINUTE_MS, 5 * MINUTE_MS],
    ownUnusable: 'empty',
    poisonShare: 0,
    skewMs: 0,
    knowsDead: 0.5,
    verifyEvery: 50,
  }
}

/** What always goes wrong in it: a row that fails, a row that expires, and the lost answer of the second create. */
export function scriptCanonicalFaults(model: ProviderModel): void {
  model.fault('row', {
    outcome: 'errored',
    error: 'overloaded_error',
    afterTimes: 2,
    times: 1,
  })
  model.fault('row', { outcome: 'expired', early: true, afterTimes: 4, times: 1 })
  model.fault('create', { loseResponse: true, afterTimes: 1, times: 1 })
}
