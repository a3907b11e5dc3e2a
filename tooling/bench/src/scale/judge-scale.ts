import { PHASES, type Phase, type PhaseFigures } from './phases.js'
import type { StoreKind } from './scale-store.js'

/** What one phase came to, as its own process measured it. */
export interface Measured extends PhaseFigures {
  /** The most memory that the process held: its resident set. */
  readonly peakBytes: number
  /** How long the event loop was late, milliseconds. */
  readonly delayMs: { readonly p99: number; readonly max: number }
}

/** The phases of a run of one size. */
export type ScaleRun = Readonly<Record<Phase, Measured>>

/** A floor, what was measured against it, and whether it was reached. */
export interface Verdict {
  readonly name: string
  readonly text: string
  readonly isReached: boolean
}

/** The phases that are measured: all but the one that makes the data. */
const MEASURED_PHASES: readonly Phase[] = PHASES.filter((phase) => phase !== 'prepare')

// T8: requests a second, and how much of the smaller run's speed; T9: of the smaller run's peak, and megabytes; T10.
const FLOORS = {
  plannedPerSecond: 60_000,
  plannedFlat: 0.8,
  peakGrowth: 1.5,
  peakMb: 300,
  lastTenth: 0.5,
}

// Milliseconds that others of the process wait for their turn: a web server beside the worker, a signal, the heartbeat of
// a lease, which comes every ten seconds or more. SQLite works in this thread, a page of 2,000 rows at a time, with turns
// between 20 ms of calls, and a commit waits for the disk; for PostgreSQL 20,000 rows at a time are decided and encoded
// here. On two quiet cores each comes to about half of this.
const DELAY_FLOORS: Measured['delayMs'] = { p99: 250, max: 500 }

/** Megabytes of memory, rounded. */
export function megabytes({ peakBytes }: Measured): number {
  return Math.round(peakBytes / 1024 / 1024)
}

/** Holds a run of so many requests, and one of a tenth of them, against the floors. */
export function judgeScale(
  { kind, rows }: { readonly kind: StoreKind; readonly rows: number },
  small: ScaleRun,
  large: ScaleRun,
): readonly Verdict[] {
  const verdicts = [peakVerdict(small, large), delayVerdict(large), intakeVerdict(large)]
  // How fast PostgreSQL takes in and collects is held against others' in the bench.
  return kind === 'sqlite' ? [planVerdict(rows, small, large), ...verdicts] : verdicts
}

function planVerdict(rows: number, small: ScaleRun, large: ScaleRun): Verdict {
  const rate = rows / (large.plan.ms / 1_000)
  const flat = rate / (rows / 10 / (small.plan.ms / 1_000))
  return {
    name: 'T8',
    text: `plan and seal: ${Math.round(rate)} requests/s (floor >= ${FLOORS.plannedPerSecond}), ${flat.toFixed(2)} of the rate at a tenth (floor >= ${FLOORS.plannedFlat})`,
    isReached: rate >= FLOORS.plannedPerSecond && flat >= FLOORS.plannedFlat,
  }
}

function peakVerdict(small: ScaleRun, large: ScaleRun): Verdict {
  const growth = Math.max(
    ...MEASURED_PHASES.map((phase) => large[phase].peakBytes / small[phase].peakBytes),
  )
  const peak = Math.max(...MEASURED_PHASES.map((phase) => megabytes(large[phase])))
  return {
    name: 'T9',
    text: `peak ${peak} MB (floor <= ${FLOORS.peakMb}), ${growth.toFixed(2)} of the peak at a tenth (floor <= ${FLOORS.peakGrowth})`,
    isReached: growth <= FLOORS.peakGrowth && peak <= FLOORS.peakMb,
  }
}

function delayVerdict(large: ScaleRun): Verdict {
  const floors = DELAY_FLOORS
  const worst = (which: 'p99' | 'max'): number =>
    Math.max(...MEASURED_PHASES.map((phase) => Math.round(large[phase].delayMs[which])))
  const p99 = worst('p99')
  const max = worst('max')
  return {
    name: 'T9',
    text: `event loop late by ${p99} ms (p99, floor <= ${floors.p99}), ${max} ms at most (floor <= ${floors.max})`,
    isReached: p99 <= floors.p99 && max <= floors.max,
  }
}

function intakeVerdict(large: ScaleRun): Verdict {
  const lastTenth = large.intake.lastTenth ?? 0
  return {
    name: 'T10',
    text: `intake of the last tenth: ${lastTenth.toFixed(2)} of the speed of the first (floor >= ${FLOORS.lastTenth})`,
    isReached: lastTenth >= FLOORS.lastTenth,
  }
}
