import { DAY_MS, HOUR_MS } from '@halfrate/core'
import { judgeEnd, runToEnd } from '../ending.js'
import type { Violation } from '../judge/violation.js'
import type { CallFault, CallFaults } from '../process/port-call.js'
import { Simulation, START_AT } from '../simulation.js'
import type { StoreKind } from '../store/open-store.js'
import { canonicalScenario, scriptCanonicalFaults } from './canonical.js'

/** What is done to a call. */
export const SWEEP_FAULTS = ['error_before', 'error_after', 'kill_before', 'kill_after'] as const

/** One run of the sweep that broke something. */
export interface SweepFailure {
  readonly call: number
  readonly name: string
  readonly fault: (typeof SWEEP_FAULTS)[number]
  readonly violations: readonly Violation[]
}

/** How a sweep is made. */
export interface SweepOptions {
  /** Only every so-manyeth call is tried. Default 1: each of them. */
  readonly every?: number
  /** Told of each run that broke something, at once. */
  readonly onFailure?: (failure: SweepFailure) => void
}

/** What the sweep came to. */
export interface SweepReport {
  /** Port calls of the run when nothing is done to it. */
  readonly calls: number
  readonly runs: number
  readonly failures: readonly SweepFailure[]
}

/** One call that something is done to. */
class OneFault implements CallFaults {
  readonly #call: number
  readonly #fault: CallFault
  /** The call that it was. */
  struck: string | null = null

  constructor(call: number, fault: CallFault) {
    this.#call = call
    this.#fault = fault
  }

  at(call: Parameters<CallFaults['at']>[0]): CallFault | null {
    if (call.number !== this.#call) return null
    this.struck = `${call.process.name} ${call.name}`
    return this.#fault
  }
}

/**
 * Runs the canonical run once for every port call and every fault: nothing is sampled, so for this run it is a proof.
 */
export async function sweepAll(
  storeKind: StoreKind,
  options: SweepOptions = {},
): Promise<SweepReport> {
  const { every = 1, onFailure = () => undefined } = options
  const plain = await runOnce(storeKind, null)
  const failures: SweepFailure[] = []
  const keep = (failure: SweepFailure): void => {
    failures.push(failure)
    onFailure(failure)
  }
  if (plain.violations.length > 0) {
    keep({ call: 0, name: 'none', fault: 'error_before', violations: plain.violations })
  }
  let runs = 1
  for (let call = 1; call <= plain.calls; call += every) {
    for (const fault of SWEEP_FAULTS) {
      const one = new OneFault(call, { type: fault })
      const { violations } = await runOnce(storeKind, one)
      runs += 1
      if (violations.length > 0) keep({ call, name: one.struck ?? '', fault, violations })
    }
  }
  return { calls: plain.calls, runs, failures }
}

async function runOnce(
  storeKind: StoreKind,
  fault: CallFaults | null,
): Promise<{ readonly calls: number; readonly violations: readonly Violation[] }> {
  const simulation = await Simulation.open({ scenario: canonicalScenario(), storeKind })
  scriptCanonicalFaults(simulation.provider.model)
  simulation.start(fault)
  const doneBy = START_AT + DAY_MS
  await runToEnd(simulation, { doneBy, bookedBy: doneBy + DAY_MS + HOUR_MS })
  if (!simulation.violations.any) await judgeEnd(simulation, true)
  await simulation.store.shutdown()
  return { calls: simulation.calls.count, violations: simulation.violations.all }
}
