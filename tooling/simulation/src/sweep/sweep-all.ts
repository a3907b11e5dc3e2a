import { DAY_MS, HOUR_MS, MINUTE_MS } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import { judgeEnd, runToEnd } from '../ending.js'
import type { Violation } from '../judge/violation.js'
import type { CallFault, CallFaults } from '../process/port-call.js'
import { START_AT } from '../scenario/scenario.js'
import { Simulation } from '../simulation.js'
import type { OpenStore, StoreKind } from '../store/open-store.js'
import { turn } from '../time/event-loop.js'
import { canonicalScenario, scriptCanonicalFaults } from './canonical.js'

// Longer than every lease and than the settle window.
const FREEZE_MS = 20 * MINUTE_MS

type FaultName = 'error_before' | 'error_after' | 'kill_before' | 'kill_after' | 'freeze'

const FAULTS: Readonly<Record<FaultName, CallFault>> = {
  error_before: { type: 'error_before' },
  error_after: { type: 'error_after' },
  kill_before: { type: 'kill_before' },
  kill_after: { type: 'kill_after' },
  freeze: { type: 'pause', ms: FREEZE_MS },
}

const NAMES = Object.keys(FAULTS) as [FaultName, ...FaultName[]]

/** What is done to one call of a run. */
export interface SweepFault {
  /** Position among all port calls of the run, from 1. */
  readonly call: number
  readonly fault: FaultName
}

/** One run of the sweep that broke something. */
export interface SweepFailure {
  readonly faults: readonly SweepFault[]
  /** The calls that were struck. */
  readonly names: readonly string[]
  readonly violations: readonly Violation[]
}

/** The faults of one run, each at its call. */
class GivenFaults implements CallFaults {
  readonly #faults: ReadonlyMap<number, FaultName>
  /** The calls that were struck. */
  readonly struck: string[] = []

  constructor(faults: readonly SweepFault[]) {
    this.#faults = new Map(faults.map(({ call, fault }) => [call, fault]))
  }

  at(call: Parameters<CallFaults['at']>[0]): CallFault | null {
    const fault = this.#faults.get(call.number)
    if (fault === undefined) return null
    this.struck.push(`${call.process.name} ${call.name}`)
    return FAULTS[fault]
  }
}

/** What the runs of a sweep are made on. */
export interface SweepStores {
  readonly storeKind: StoreKind
  /** Default: the stores that need no server. */
  readonly openStore?: OpenStore | undefined
}

/** Port calls of the run when nothing is done to it. */
export async function countSweepCalls(stores: SweepStores): Promise<number> {
  return (await runOnce(stores, null)).calls
}

/**
 * One fault at every so-manyeth port call, each kind of it: with `every` 1 nothing is sampled, so that for this run it
 * is a proof.
 */
export function singleFaults(calls: number, every: number): readonly (readonly SweepFault[])[] {
  const runs: SweepFault[][] = [[]]
  for (let call = 1; call <= calls; call += every) {
    for (const fault of NAMES) runs.push([{ call, fault }])
  }
  return runs
}

/** So many pairs of faults, at two calls drawn from all of them. */
export function doubleFaults(
  calls: number,
  count: number,
  seed: number,
): readonly (readonly SweepFault[])[] {
  const draw = new Draw(seed, 'doubles')
  return Array.from({ length: count }, () => {
    const first = draw.whole(1, calls - 1)
    const second = draw.whole(first + 1, calls)
    return [
      { call: first, fault: draw.pick(NAMES) },
      { call: second, fault: draw.pick(NAMES) },
    ]
  })
}

/** Runs the canonical run once for every entry. Answers those that broke something. */
export async function sweepFaults(
  stores: SweepStores,
  runs: readonly (readonly SweepFault[])[],
): Promise<readonly SweepFailure[]> {
  const failures: SweepFailure[] = []
  for (const faults of runs) {
    await turn()
    const given = new GivenFaults(faults)
    const { violations } = await runOnce(stores, given)
    if (violations.length > 0) failures.push({ faults, names: given.struck, violations })
  }
  return failures
}

async function runOnce(
  stores: SweepStores,
  faults: CallFaults | null,
): Promise<{ readonly calls: number; readonly violations: readonly Violation[] }> {
  const simulation = await Simulation.open({ scenario: canonicalScenario(), ...stores })
  scriptCanonicalFaults(simulation.provider.model)
  simulation.start(faults)
  const doneBy = START_AT + DAY_MS
  await runToEnd(simulation, { doneBy, bookedBy: doneBy + DAY_MS + HOUR_MS })
  simulation.violations.confirm()
  if (!simulation.violations.any) await judgeEnd(simulation, { isWithin: true, isRestored: false })
  await simulation.store.shutdown()
  return { calls: simulation.calls.count, violations: simulation.violations.all }
}
