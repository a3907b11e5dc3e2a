import {
  DEFAULT_ENGINE_SETTINGS,
  DEFAULT_QUEUE_POLICY,
  type EngineSettings,
  HOUR_MS,
  MINUTE_MS,
  type OnLostAnswer,
} from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import { drawFaultPlan } from '../faults/draw-fault-plan.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { OwnUnusable } from '../provider/row-reply.js'
import type { ScopeBudgets } from './budgeted-seeds.js'
import { type Budgets, drawBudgets } from './budgets.js'
import { withContinuedTurns, withMorePauses } from './continued-turns.js'
import { drawHandlers, type Handlers } from './handlers.js'
import { withKeyTails } from './key-tails.js'
import { drawNeighbour } from './neighbour.js'
import { drawPersonHabits, type PersonHabits } from './person-habits.js'
import { withRaisedCaps } from './raised-caps.js'
import { withRivals } from './rivals.js'
import { drawScopeBudgets } from './scope-budgets.js'
import { withCanaries } from './with-canaries.js'
import { withDeadlineBatches, withDeadlines } from './with-deadlines.js'
import { withFew } from './with-few.js'
import { withFiles } from './with-files.js'
import { ownUnusableOf, withForms, withMoreOfWrongForm } from './with-forms.js'
import { withOtherModels } from './with-other-models.js'
import { type PricedWorkload, withPrices } from './with-prices.js'
import { withPrimers } from './with-primers.js'
import { withRealtime } from './with-realtime.js'
import { drawHedgeBudgets, turnaroundOf, withRescue } from './with-rescue.js'
import { withRollout } from './with-rollout.js'
import { drawSchedules, type Schedules, withSchedules } from './with-schedules.js'
import { type Crowd, drawWorkload, type Workload } from './workload.js'
import { startOfZone, withZone } from './zoned-budgets.js'

/** The virtual instant at which most runs begin. */
export const START_AT: number = Date.UTC(2026, 11, 1, 12)

/** Everything about a run that is drawn before it begins. */
export interface Scenario {
  readonly seed: number
  /** When it begins, epoch milliseconds. */
  readonly startAt: number
  readonly settings: EngineSettings
  readonly plan: FaultPlan
  readonly workload: Workload
  /** What callers of another project do in the same store; null where there is none. */
  readonly neighbour: Workload | null
  /** What jobs may cost; those that are not in it have no cap. */
  readonly budgets: Budgets
  /** What queues, projects and the account may cost while things go wrong. */
  readonly scopeBudgets: ScopeBudgets
  /** Of its queues; null where none has one. */
  readonly schedules: Schedules | null
  /** Null where nobody wants results. */
  readonly handlers: Handlers | null
  readonly onLostAnswer: OnLostAnswer
  /** The person who is asked about lost answers; null where nobody is. */
  readonly person: PersonHabits | null
  /** Workers at the same time. */
  readonly workers: number
  /** How long things go wrong, milliseconds. */
  readonly chaosMs: number
  /** The part of it in which workers are about. */
  readonly busyMs: number
  readonly pageLimit: number
  readonly listLimit: number
  readonly turnaroundMs: readonly [number, number]
  /** Of the requests, how many make the provider refuse batches, where any do. */
  readonly poisonShare: number
  /** How answers are of no use, beside being cut off and refused. */
  readonly ownUnusable: OwnUnusable
  /** How far wrong a process's clock for people may be. */
  readonly skewMs: number
  /** Share of restarts in which the next worker knows that the last one is dead. */
  readonly knowsDead: number
  /** The whole store is checked after so many of its calls, besides a few times anyway. */
  readonly verifyEvery: number
}

/** What callers do, project by project. */
export function workloadsOf({ workload, neighbour }: Scenario): readonly Workload[] {
  return neighbour === null ? [workload] : [workload, neighbour]
}

/** The names of all jobs, of whatever project. */
export function jobNamesOf(scenario: Scenario): readonly string[] {
  const deliveries = workloadsOf(scenario).flatMap((each) => each.deliveries)
  return [...new Set(deliveries.flatMap(({ job }) => (job === null ? [] : [job])))]
}

/** Draws a run from its seed. */
export function drawScenario(
  seed: number,
  storeTakes: 'one' | 'many',
  without: readonly string[] = [],
): Scenario {
  const draw = new Draw(seed, 'scenario')
  const busyMs = draw.logWhole(5 * MINUTE_MS, draw.chance(0.15) ? 10 * HOUR_MS : 2 * HOUR_MS)
  const waits = draw.chance(0.2)
  const drawn = drawSettings(draw, { chaosMs: busyMs, waits })
  const swarm = withMoreOfWrongForm(seed, withMorePauses(seed, drawFaultPlan(seed, drawn)))
  const asks = !waits && hasQuestions(swarm) && !isWithout('asked', without)
  const plan = asks ? withQuestions(swarm, seed) : swarm
  const onLostAnswer: OnLostAnswer = waits ? 'wait' : asks ? 'ask' : 'resend'
  const isAboutPages = plan.theme === 'between_pages'
  // Somebody else must look at the list while one lets members go.
  const settings = isAboutPages ? { ...drawn, watchEveryMs: 10_000, idleMs: 10_000 } : drawn
  const isAboutWindow = plan.theme === 'window'
  const isAtDoor = plan.theme === 'door'
  const isLong = isAboutPages || isAboutWindow || isAtDoor
  const longMs = isLong ? Math.max(busyMs, 4 * settings.settleMs) : busyMs
  const isAway = plan.rates.has('absence') && !isWithout('absence', without)
  const shortest = isAboutWindow
    ? 2 * settings.settleMs
    : draw.logWhole(1_000, isAboutPages ? 10_000 : 30 * MINUTE_MS)
  const crowd = isAtDoor ? drawCrowd(seed) : null
  const facts = { chaosMs: busyMs, onLostAnswer, giveUpAfterMs: drawGiveUp(seed) }
  const drawnWork = drawWorkload(new Draw(seed, 'workload'), { ...facts, crowd })
  const { workload: filed, startAt } = pricedWorkload(seed, plan, { plain: drawnWork, busyMs })
  const isTimed = startAt !== START_AT || drawScopeBudgets(seed, filed).length > 0
  const schedules = drawSchedules(seed, filed, { plan, busyMs, isTimed })
  const others = drawNeighbour(seed, filed, facts)
  const workload = finished(seed, filed, { plan, busyMs, schedules })
  const neighbour = others === null ? null : finished(seed, others, { plan, busyMs, schedules })
  return {
    seed,
    startAt: schedules?.startAt ?? startAt,
    schedules,
    settings,
    plan,
    workload,
    neighbour,
    budgets: drawBudgets(seed, workload.deliveries),
    scopeBudgets: [...drawScopeBudgets(seed, workload), ...drawHedgeBudgets(seed, workload)],
    handlers: drawHandlers(seed, workload, neighbour),
    onLostAnswer,
    person: asks ? drawPersonHabits(seed) : null,
    workers:
      storeTakes === 'one' || isAboutWindow ? 1 : isAboutPages ? 3 : draw.pick([1, 2, 3, 3, 3]),
    chaosMs: longMs + (isAway ? Math.round(plan.sizes.awayMs) : 0),
    busyMs: longMs,
    pageLimit: isAboutPages ? 2 : drawPageLimit(draw, plan),
    listLimit: draw.chance(0.3) ? draw.whole(1, 5) : 100,
    poisonShare: isAtDoor ? new Draw(seed, 'poison').logUniform(0.2, 0.7) : 0.08,
    ownUnusable: ownUnusableOf(seed),
    turnaroundMs: turnaroundOf(seed, workload, [shortest, shortest * draw.whole(1, 6)]),
    skewMs: draw.chance(0.3) ? draw.whole(-7 * HOUR_MS, 7 * HOUR_MS) : 0,
    knowsDead: draw.pick([0, 0.5, 1]),
    verifyEvery: draw.chance(0.03) ? 1 : draw.pick([50, 200, 1_000]),
  }
}

// Who races for a budget, and whose budget is of a place, gets its work at other times.
function timed(seed: number, workload: Workload, busyMs: number): Workload {
  return withZone(seed, withRivals(seed, workload), busyMs)
}

function drawPageLimit(draw: Draw, { theme }: FaultPlan): number {
  return theme === 'strangers' || draw.chance(0.4) ? draw.whole(2, 7) : 200
}

// From draws of their own, so that the other seeds go as they did.
function finished(
  seed: number,
  workload: Workload,
  of: {
    readonly plan: FaultPlan
    readonly busyMs: number
    readonly schedules: Schedules | null
  },
): Workload {
  const { plan, schedules } = of
  const others = withOtherModels(seed, withPrimers(seed, workload))
  const raised = withRaisedCaps(seed, withKeyTails(seed, others))
  const wanted = withDeadlineBatches(withForms(seed, withContinuedTurns(seed, raised)))
  const rescued = withRescue(seed, withCanaries(seed, wanted), plan)
  const few = withFew(seed, withRollout(seed, rescued, plan), of)
  return schedules === null ? few : withSchedules(seed, few, schedules)
}

// What such answers come to is beyond any hold, so no seed with a cap or a budget has them.
function pricedWorkload(
  seed: number,
  plan: FaultPlan,
  { plain, busyMs }: { readonly plain: Workload; readonly busyMs: number },
): PricedWorkload {
  const called = withRealtime(seed, withFiles(seed, timed(seed, plain, busyMs)), plan)
  const startAt = startOfZone(seed, called, busyMs) ?? START_AT
  const workload = withDeadlines(seed, called, startAt)
  const hedges = drawHedgeBudgets(seed, withRescue(seed, workload, plan))
  const budgets = [...drawScopeBudgets(seed, workload), ...hedges]
  const hasCaps = budgets.length > 0 || drawBudgets(seed, workload.deliveries).size > 0
  return (hasCaps ? null : withPrices(seed, workload)) ?? { workload, startAt }
}

// In most seeds nothing is tried for as long as the default, three days.
function drawGiveUp(seed: number): number {
  const draw = new Draw(seed, 'patience')
  const { giveUpAfterMs } = DEFAULT_QUEUE_POLICY
  return draw.chance(0.1) ? draw.logWhole(10 * MINUTE_MS, giveUpAfterMs) : giveUpAfterMs
}

// Many small batches, each of which may be refused.
function drawCrowd(seed: number): Crowd {
  const draw = new Draw(seed, 'crowd')
  return { requests: draw.logWhole(40, 150), batches: draw.whole(4, 40) }
}

function isWithout(kind: string, without: readonly string[]): boolean {
  return without.some((name) => name.startsWith(kind))
}

// What a theme is about leaves no room for a day of thinking.
function hasQuestions({ rates, theme }: FaultPlan): boolean {
  return rates.has('asked') && theme === null
}

// Else hardly a question would come up.
function withQuestions(plan: FaultPlan, seed: number): FaultPlan {
  const rate = new Draw(seed, 'questions').logUniform(0.1, 0.6)
  return { ...plan, rates: new Map(plan.rates).set('lost_before', rate) }
}

function drawSettings(
  draw: Draw,
  { chaosMs, waits }: { readonly chaosMs: number; readonly waits: boolean },
): EngineSettings {
  const base = DEFAULT_ENGINE_SETTINGS
  const near = (value: number, low: number, high: number): number =>
    Math.round(value * draw.logUniform(low, high))
  const leaseMs = near(base.leaseMs, 0.2, 4)
  return {
    ...base,
    leaseMs,
    // How soon others' work is seen does not change what is done with it, and short ones make long days of steps.
    idleMs: Math.max(10_000, Math.min(1_800_000, Math.round(chaosMs * draw.logUniform(0.04, 0.5)))),
    failureSleepMs: near(base.failureSleepMs, 0.3, 4),
    concurrency: draw.whole(1, 6),
    sendBaseMs: near(base.sendBaseMs, 0.3, 3),
    settleMs: near(base.settleMs, 0.25, 2),
    scanGapMs: near(base.scanGapMs, 0.3, 2),
    // Who waits for a day looks less often, for the same reason.
    scanEveryMs: near(base.scanEveryMs, 0.5, 4) * (waits ? 8 : 1),
    pollMinMs: near(base.pollMinMs, 0.5, 6),
    pollMaxMs: near(base.pollMaxMs, 1, 12),
    fetchSpanMs: near(base.fetchSpanMs, 0.3, 1.5),
    fetchGapMs: near(base.fetchGapMs, 0.3, 1.5),
    goneAfterMs: near(base.goneAfterMs, 0.5, 1.5),
    lostResultMs: near(base.lostResultMs, 0.3, 1.2),
    watchEveryMs: near(base.watchEveryMs, 0.3, 3),
    identifyEveryMs: near(base.identifyEveryMs, 0.5, 1),
    heartbeatMs: near(base.heartbeatMs, 0.5, 3),
    absenceMs: near(base.absenceMs, 0.5, 3),
  }
}
