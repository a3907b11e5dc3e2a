import { InvalidFaultError } from './emulator-error.js'
import type { FaultByOp, FaultOp } from './fault.js'
import { checkFault } from './fault-schema.js'
import { isObject } from './json-access.js'
import type { ProviderModel } from './provider-model.js'

/** One fault of a script: what it is for, and the members of that fault. */
export type ScriptedFault = { [Op in FaultOp]: { readonly op: Op } & FaultByOp[Op] }[FaultOp]

// Small enough to leave most of a job alone, early enough to be seen in a job of a few dozen rows.
const DEMO: readonly ScriptedFault[] = [
  { op: 'create', loseResponse: true, times: 1 },
  {
    op: 'row',
    outcome: 'errored',
    error: 'overloaded_error',
    afterTimes: 4,
    everyNth: 11,
    times: 3,
  },
  { op: 'row', outcome: 'errored', error: 'api_error', afterTimes: 9, everyNth: 29, times: 1 },
  { op: 'row', outcome: 'expired', early: true, afterTimes: 7, everyNth: 13, times: 2 },
]

// Everything that heals, often.
const ROUGH: readonly ScriptedFault[] = [
  { op: 'create', loseResponse: true, everyNth: 3 },
  { op: 'create', error: 'overloaded', probability: 0.1 },
  { op: 'create', error: 'rate_limit', retryAfterSeconds: 2, probability: 0.1 },
  { op: 'retrieve', error: 'not_found', probability: 0.1 },
  { op: 'retrieve', error: 'api_error', probability: 0.05 },
  { op: 'list', error: 'unavailable', probability: 0.05 },
  { op: 'results', cut: 'line_end', probability: 0.15 },
  { op: 'results', cut: 'mid_line', cutEnd: 'reset', probability: 0.15 },
  { op: 'row', outcome: 'errored', error: 'overloaded_error', probability: 0.02 },
  { op: 'row', outcome: 'expired', early: true, probability: 0.01 },
]

/** Ready-made scripts. `demo`: one lost answer, a few errored and a few expired rows. `rough`: everything that heals, often. */
export const FAULT_PRESETS: Readonly<Record<'demo' | 'rough', readonly ScriptedFault[]>> =
  Object.freeze({ demo: DEMO, rough: ROUGH })

/**
 * Scripts a whole list of faults, as read from JSON. Either all are scripted or none.
 *
 * @throws {InvalidFaultError} when the script is no list or one of its faults is wrong.
 */
export function scriptFaults(model: ProviderModel, script: unknown): void {
  if (!Array.isArray(script)) throw new InvalidFaultError('faults', 'a list', script)
  const checked = script.map((entry: unknown, index) => {
    if (!isObject(entry)) throw new InvalidFaultError(`faults[${index}]`, 'an object', entry)
    const { op, ...fault } = entry
    // An unknown name is refused by the check.
    return { op: op as FaultOp, fault: checkFault(op as FaultOp, fault) }
  })
  for (const { op, fault } of checked) model.fault(op, fault)
}
