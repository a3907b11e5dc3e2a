import type { CallFault } from '../process/port-call.js'
import type { SimProcess } from '../process/sim-process.js'
import type { Hearing } from './telling-watch.js'

/** When a process hears the answer of its call, by what was done to the call and to itself. */
export function hearingOf(process: SimProcess, fault: CallFault | null): Hearing {
  if (fault?.type === 'kill_after' || fault?.type === 'error_after') return 'never'
  return fault === null && !process.isFrozen ? 'now' : 'later'
}
