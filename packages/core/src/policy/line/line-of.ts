import type { Submission, SubmissionState } from '../../model/submission.js'
import { type EpochMs, MINUTE_MS } from '../../model/time.js'
import { routeOf } from '../routing/route-of.js'
import type { QueueCount } from './fair-share.js'

/** What is in line at the provider, or will be before long. A batch whose answer is lost may be. */
export const IN_LINE: readonly SubmissionState[] = [
  'sealed',
  'sending',
  'ambiguous',
  'in_progress',
  'canceling',
]

// What is sealed is sent within moments, unless something holds it back; and that must not hold back all others too.
const SEALED_MS = 10 * MINUTE_MS

/** What each queue has in line, one entry for each submission in a state of {@link IN_LINE}. Calls in real time stand in no line. */
export function lineOf(
  submissions: readonly Pick<
    Submission,
    'project' | 'queue' | 'lane' | 'requestCount' | 'state' | 'sealedAt'
  >[],
  now: EpochMs,
): readonly QueueCount[] {
  return submissions
    .filter(({ lane }) => routeOf({ lane }).route === 'batch')
    .filter(({ state, sealedAt }) => state !== 'sealed' || now < (sealedAt ?? 0) + SEALED_MS)
    .map(({ project, queue, requestCount: count }) => ({ project, queue, count }))
}
