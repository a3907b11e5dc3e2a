import type { ProviderError } from './provider-error.js'
import type { RemoteBatch } from './remote-batch.js'
import type { LostDecision } from './submission.js'

/**
 * What was learned about a submission. Never fenced and never lost: whoever learned it may have lost the lease.
 *
 * `accepted`: the provider's own answer to our send. `found`: a batch whose lines bear the nonce.
 * `not_sent`: for sure the last byte never left. `decided`: a person who was asked what to do about a lost answer.
 */
export type Evidence =
  | { readonly type: 'accepted'; readonly batch: RemoteBatch }
  | { readonly type: 'found'; readonly batch: RemoteBatch }
  | { readonly type: 'refused'; readonly error: ProviderError }
  | { readonly type: 'not_sent'; readonly error: ProviderError }
  | { readonly type: 'ambiguous'; readonly error: ProviderError }
  | { readonly type: 'decided'; readonly decision: LostDecision }
