import { DAY_MS, type EngineSettings, HOUR_MS, MINUTE_MS } from '@halfrate/core'
import { Draw } from './chance/draw.js'
import { judgeEnd, runToEnd, runUntil } from './ending.js'
import type { FaultKind } from './faults/fault-kind.js'
import type { FaultEntry } from './faults/fault-log.js'
import { RandomFaults } from './faults/random-faults.js'
import type { RunFigures } from './judge/final-judge.js'
import type { Violation } from './judge/violation.js'
import type { Plant } from './plants/plant.js'
import { FROZEN_BEYOND } from './provider/sim-transport.js'
import { drawRestore, type RestorePlan, withLongBatches } from './restore/restore-plan.js'
import { RestoredWorld, type RestoreFigures } from './restore/restored-world.js'
import { longestAnswerMs } from './scenario/person-habits.js'
import { drawScenario, type Scenario } from './scenario/scenario.js'
import { liftBudgets } from './scenario/scope-budgets.js'
import { waitsForLineMs } from './scenario/set-limits.js'
import { longestWaitMs } from './scenario/with-schedules.js'
import { Simulation } from './simulation.js'
import type { OpenStore, StoreKind } from './store/open-store.js'

/** What one run came to. */
export interface SeedReport extends RunFigures {
  readonly seed: number
  readonly storeKind: StoreKind
  /** The seed broke no published assumption. */
  readonly isWithin: boolean
  /** Port calls. */
  readonly steps: number
  readonly faults: number
  readonly crashes: number
  readonly requests: number
  readonly violations: readonly Violation[]
  /** Strikes by kind, those that were left out included. */
  readonly strikes: ReadonlyMap<FaultKind, number>
  readonly faultTrace: readonly FaultEntry[]
  /** Equal for two runs that went the same way. */
  readonly digest: string
  /** What the backup came to that was put back; null when none was. */
  readonly restore: RestoreFigures | null
}

/** What a run is made from. */
export interface RunSeedOptions {
  readonly seed: number
  readonly storeKind: StoreKind
  /** Default: the stores that need no server. */
  readonly openStore?: OpenStore | undefined
  readonly plant?: Plant | null
  /** Faults that are left out: kinds, or single strikes as `crash#3`. */
  readonly without?: readonly string[]
  /** Puts a backup back whatever the seed draws, and starts workers so. Not on PostgreSQL. */
  readonly restore?: RestorePlan | undefined
  readonly onTrace?: ((line: string) => void) | undefined
}

const CALM_IDLE_MS = 30 * MINUTE_MS
// Retries, pauses of the account and the last batches' own time, on top of what the guarantee names.
const SLACK_MS = 10 * HOUR_MS
// Looks at the whole store in the first phase.
const LOOKS = 4

/** Runs a seed: things go wrong for a while, then they stop, and everything must heal in time. */
export async function runSeed(options: RunSeedOptions): Promise<SeedReport> {
  const { seed, storeKind } = options
  const drawn = drawScenario(seed, storeKind === 'sqlite' ? 'one' : 'many', options.without)
  const restore = storeKind === 'postgres' ? null : restoreOf(options, drawn)
  const scenario = restore === null ? drawn : withLongBatches(drawn)
  const world =
    restore === null ? null : await RestoredWorld.open({ ...options, scenario }, restore)
  const simulation = world?.simulation ?? (await Simulation.open({ ...options, scenario }))
  const { violations, log, scheduler } = simulation
  simulation.start(
    new RandomFaults({
      plan: scenario.plan,
      strikes: simulation.strikes,
      windows: simulation.windows,
      draw: new Draw(seed, 'faults'),
      log,
      now: () => scheduler.now,
    }),
  )
  await (world === null ? goWrong(simulation) : world.goWrong())
  if (!violations.any) await healUp(simulation, world !== null)
  const wasFrozen = log.entries.some(({ kind }) => kind === FROZEN_BEYOND)
  // A worker that does not wait after a restore may send what it can't remember having sent.
  const waits = restore === null || restore.afterAbsence === 'wait'
  const isWithin = scenario.plan.breaks.length === 0 && !wasFrozen && waits
  if (isWithin) violations.confirm()
  const figures = violations.any
    ? { lost: 0, duplicates: 0, billed: 0 }
    : await judgeEnd(simulation, { isWithin, isRestored: restore !== null })
  simulation.digest.add(scheduler.now, `${figures.billed} billed`)
  const figuresOfRestore = world === null ? null : await world.figures()
  await simulation.store.shutdown()
  return {
    ...figures,
    seed,
    storeKind,
    isWithin,
    steps: simulation.calls.count,
    faults: log.count,
    crashes: log.crashes,
    requests: [...simulation.book.all()].length,
    violations: violations.all,
    strikes: simulation.strikes.counts,
    faultTrace: log.entries,
    digest: simulation.digest.text,
    restore: figuresOfRestore,
  }
}

function restoreOf({ restore, without }: RunSeedOptions, drawn: Scenario): RestorePlan | null {
  return restore ?? drawRestore(drawn, without ?? [])
}

async function goWrong(simulation: Simulation): Promise<void> {
  const { scenario, violations, storeJudge } = simulation
  for (let look = 1; look <= LOOKS && !violations.any; look += 1) {
    await runUntil(simulation, scenario.startAt + (scenario.chaosMs * look) / LOOKS, () => false)
    await storeJudge.look()
  }
}

async function healUp(simulation: Simulation, isRestored: boolean): Promise<void> {
  const { scheduler, pool, scenario } = simulation
  simulation.heal()
  // What waits for a budget waits for somebody to raise it.
  await liftBudgets(simulation.store, scenario.scopeBudgets)
  pool.calm(CALM_IDLE_MS)
  const restoredMs = isRestored ? restoredHealMs(scenario) : 0
  const doneBy = scheduler.now + healMs(scenario) + restoredMs
  const bookedBy =
    doneBy +
    (isRestored ? 2 * DAY_MS : 0) +
    scenario.settings.identifyEveryMs +
    2 * HOUR_MS +
    goneMs(scenario) +
    lateMs(scenario)
  await runToEnd(simulation, { doneBy, bookedBy })
}

// Whatever is accepted late, or made by a proxy, must be found as late as it comes.
function lateMs({ plan: { breaks, sizes } }: Scenario): number {
  const isLate = breaks.includes('late') || breaks.includes('frozen')
  const twinMs = breaks.includes('twin') ? 4 * sizes.lateMs : 0
  return twinMs + (isLate ? sizes.lateMs + sizes.listLagMs + sizes.frozenListMs : 0)
}

// Two waits for what may run for a day each, on top of what any run needs.
function restoredHealMs({ settings, onLostAnswer }: Scenario): number {
  const settleMs = onLostAnswer === 'wait' ? settings.settleWaitMs : settings.settleMs
  return settleMs + 3 * DAY_MS + 2 * HOUR_MS + settings.goneAfterMs + lostMs(settings)
}

function healMs(scenario: Scenario): number {
  const { settings, onLostAnswer, turnaroundMs, person } = scenario
  const settleMs = onLostAnswer === 'wait' ? settings.settleWaitMs : settings.settleMs
  const answerMs = person === null ? 0 : longestAnswerMs(person, settings.scanEveryMs)
  const batchesMs = 2 * turnaroundMs[1] + waitsForLineMs(scenario)
  const slotMs = scenario.schedules === null ? 0 : longestWaitMs(scenario.schedules)
  return settleMs + answerMs + DAY_MS + SLACK_MS + batchesMs + goneMs(scenario) + slotMs
}

// What somebody deleted is looked for until it counts as gone, and its file for a day after that, or for as long as the
// tries take.
function goneMs({ settings, plan }: Scenario): number {
  const isGone = (['deleted', 'unreadable', 'absent'] as const).some((each) =>
    plan.breaks.includes(each),
  )
  return isGone ? settings.goneAfterMs + lostMs(settings) : 0
}

// How long a file is tried for whose paid rows are missing, at most.
function lostMs(settings: EngineSettings): number {
  const { lostResultMs, lostTries, fetchSpanMs, goneAfterMs, goneTries } = settings
  return lostResultMs + lostTries * Math.max(fetchSpanMs, goneAfterMs / goneTries)
}
