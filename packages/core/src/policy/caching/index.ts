// Caches: whether one request goes first to write what the others of its job share, and why.

export {
  type JobPrimer,
  jobPrimerSetting,
  type PrimerReason,
  type PrimerState,
  type SharedPrefix,
} from '../../model/job-primer.js'
export type { CachePrefix } from '../../model/queue-policy.js'
export { type CacheSums, CacheTally } from './cache-tally.js'
export {
  decidePrimer,
  EXPECTED_HIT_SHARE,
  LEAST_CHANCE,
  type PrimerDecision,
  type PrimerFacts,
} from './decide-primer.js'
export { judgePrimer, type PrimerVerdict } from './judge-primer.js'
export { offeredPrimer } from './offered-primer.js'
export { predictedReads } from './predicted-reads.js'
export { PrefixTally } from './prefix-tally.js'
export { primerSentence } from './primer-sentence.js'
