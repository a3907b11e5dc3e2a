import { countCheckOff } from './count-check-off.js'
import { fencedEvidence } from './fenced-evidence.js'
import type { Plant } from './plant.js'
import { retryBeforeClose } from './retry-before-close.js'
import { sdkRetries } from './sdk-retries.js'
import { settleZero } from './settle-zero.js'

/** Every bug that is planted; each must be found within the seeds that it names. */
export const PLANTS: readonly Plant[] = [
  sdkRetries,
  settleZero,
  fencedEvidence,
  countCheckOff,
  retryBeforeClose,
]
