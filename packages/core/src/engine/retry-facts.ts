import type { Submission } from '../model/submission.js'
import { jitterOf } from '../policy/retry/backoff.js'
import type { OutcomeFacts } from '../policy/retry/outcome.js'

/** The same for every member, whichever page or worker decides it, so that the retries of a batch travel together. */
export function retryFactsOf(submission: Submission): OutcomeFacts['submission'] {
  const { requestCount, endedAt, nonce } = submission
  return { requestCount, endedAt, jitter: jitterOf(nonce) }
}
