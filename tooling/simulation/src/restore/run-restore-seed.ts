import {
  type AfterAbsence,
  DAY_MS,
  HOUR_MS,
  IDENTITY_SETTING,
  isImported,
  MINUTE_MS,
  SECOND_MS,
} from '@halfrate/core'
import type { MemorySnapshot } from '@halfrate/core/memory'
import { Draw } from '../chance/draw.js'
import { judgeEnd, runToEnd, runUntil } from '../ending.js'
import { RandomFaults } from '../faults/random-faults.js'
import type { RunFigures } from '../judge/final-judge.js'
import type { Violation } from '../judge/violation.js'
import { FROZEN_BEYOND } from '../provider/sim-transport.js'
import { lostMs } from '../run-seed.js'
import { drawScenario, type Scenario } from '../scenario/scenario.js'
import { Simulation, START_AT } from '../simulation.js'
import { operate } from './operator.js'
import { RestorableStore } from './restorable-store.js'

/** What one run with a restored backup came to. */
export interface RestoreReport extends RunFigures {
  readonly seed: number
  /** No published assumption was broken, so nothing may be paid twice. */
  readonly isWithin: boolean
  /** Batches that the recovery took in. */
  readonly imported: number
  /** Requests that the backup did not have. */
  readonly forgotten: number
  readonly violations: readonly Violation[]
}

const CALM_IDLE_MS = 30 * MINUTE_MS
// Backups that are made while things go wrong.
const SLICES = 30
const OPERATE_EVERY_MS = 10 * MINUTE_MS
// The operator starts workers again this long after the last sign of life that the backup shows, at least.
const AWAY = 1.5

/**
 * Runs a seed in which everything stops at some instant, an older copy of the store is put back, and workers start
 * again. With `wait` nothing may be paid twice within the assumptions; with `send` it may, and must be found, booked and
 * reported all the same.
 */
export async function runRestoreSeed(
  seed: number,
  afterAbsence: AfterAbsence,
): Promise<RestoreReport> {
  const { simulation, restorable } = await openWorld(seed, afterAbsence)
  const { violations, log, scenario } = simulation
  const forgotten = await goWrong(simulation, restorable)
  await healUp(simulation)
  const wasFrozen = log.entries.some(({ kind }) => kind === FROZEN_BEYOND)
  const isWithin = scenario.plan.breaks.length === 0 && !wasFrozen && afterAbsence === 'wait'
  if (isWithin) violations.confirm()
  const figures = violations.any
    ? { lost: 0, duplicates: 0, billed: 0 }
    : await judgeEnd(simulation, isWithin)
  const all = await simulation.storeJudge.submissions()
  const imported = all.filter(isImported).length
  return { ...figures, seed, isWithin, imported, forgotten, violations: violations.all }
}

interface World {
  readonly simulation: Simulation
  readonly restorable: RestorableStore
}

async function openWorld(seed: number, afterAbsence: AfterAbsence): Promise<World> {
  const scenario = withLongBatches(drawScenario(seed, 'many'))
  const opened: RestorableStore[] = []
  const simulation = await Simulation.open({
    scenario,
    storeKind: 'memory',
    afterAbsence,
    openStore: async (options) => {
      const restorable = new RestorableStore(options)
      opened.push(restorable)
      return { store: restorable.store }
    },
  })
  return { simulation, restorable: opened[0] as RestorableStore }
}

// A batch that runs on after the restore can't be told from a stranger's until it ends, and that is what is dangerous.
function withLongBatches(scenario: Scenario): Scenario {
  const shortest = new Draw(scenario.seed, 'long').logWhole(5 * MINUTE_MS, 4 * HOUR_MS)
  return { ...scenario, turnaroundMs: [shortest, 3 * shortest] }
}

// Faults go on around the backup, the restore and what comes after it. Answers how many requests the backup lacks.
async function goWrong(simulation: Simulation, restorable: RestorableStore): Promise<number> {
  const { scenario, scheduler, strikes, windows, log } = simulation
  const { seed, plan, chaosMs, settings } = scenario
  const draw = new Draw(seed, 'restore')
  const now = (): number => scheduler.now
  const faultDraw = new Draw(seed, 'faults')
  simulation.start(new RandomFaults({ plan, strikes, windows, draw: faultDraw, log, now }))
  const backup = await backUp(simulation, restorable, draw.whole(1, SLICES / 2))
  const awayMs = Math.round(AWAY * (settings.absenceMs + settings.heartbeatMs))
  const kept = new Set(backup.requests.map(({ request }) => request.id))
  const forgotten = simulation.restore(awayMs, kept, () => restorable.restore(backup))
  visitAgain(simulation)
  const until = Math.max(scheduler.now + awayMs, START_AT + chaosMs)
  await runUntil(simulation, until, () => false)
  return forgotten
}

// The newest backup that lacks a batch: the last of those made before somebody sent one.
async function backUp(
  simulation: Simulation,
  restorable: RestorableStore,
  from: number,
): Promise<MemorySnapshot> {
  const { scheduler, scenario, violations, store } = simulation
  // A copy from before the store's first start has no key, so it is no backup of this store.
  const hasKey = async (): Promise<boolean> => (await store.getSetting(IDENTITY_SETTING)) !== null
  while (!(await hasKey()) && !violations.any) {
    await runUntil(simulation, scheduler.now + SECOND_MS, () => false)
  }
  for (let slice = 1; ; slice += 1) {
    const backup = restorable.backup()
    const before = batchesOf(simulation)
    await runUntil(simulation, scheduler.now + Math.ceil(scenario.chaosMs / SLICES), () => false)
    const isLast = slice >= SLICES || violations.any
    if (isLast || (slice >= from && batchesOf(simulation) > before)) return backup
  }
}

function batchesOf({ provider }: Simulation): number {
  return provider.model.ledger.accepted().filter(({ isForeign }) => !isForeign).length
}

function visitAgain({ scheduler, store }: Simulation): void {
  const visit = (): void => {
    void operate(store)
    scheduler.after(OPERATE_EVERY_MS, visit)
  }
  scheduler.after(OPERATE_EVERY_MS, visit)
}

async function healUp(simulation: Simulation): Promise<void> {
  const { violations, scheduler, pool, scenario } = simulation
  if (violations.any) return
  simulation.heal()
  pool.calm(CALM_IDLE_MS)
  const doneBy = scheduler.now + healMs(scenario)
  await runToEnd(simulation, { doneBy, bookedBy: doneBy + 2 * DAY_MS })
}

// Two waits for what may run for a day each, on top of what any run needs.
function healMs({ settings, onLostAnswer, turnaroundMs }: Scenario): number {
  const settleMs = onLostAnswer === 'wait' ? settings.settleWaitMs : settings.settleMs
  const goneMs = settings.goneAfterMs + lostMs(settings)
  return 2 * settleMs + 4 * DAY_MS + 12 * HOUR_MS + 2 * turnaroundMs[1] + goneMs
}
