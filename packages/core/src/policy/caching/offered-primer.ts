import type { JobPrimer, SharedPrefix } from '../../model/job-primer.js'
import type { EpochMs } from '../../model/time.js'

/**
 * The document that says what the rows of a part share that is about to be accepted, with what stood there before; null where that stays
 * as it is: nothing is shared, or a primer is away, for which what comes now waits too.
 */
export function offeredPrimer(
  before: JobPrimer | null,
  prefixes: readonly SharedPrefix[],
  at: EpochMs,
): JobPrimer | null {
  if (prefixes.length === 0 || before?.state === 'away') return null
  const nothing = { requestIds: [], until: null, reason: null, savingNano: null }
  return { state: 'offered', prefixes, at, ...nothing }
}
