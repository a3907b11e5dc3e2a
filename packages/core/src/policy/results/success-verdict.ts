import type { Usability } from '../../model/outcome.js'
import type { QueuePolicy } from '../../model/queue-policy.js'
import type { Verdict } from '../../model/request.js'

const USABLE: Verdict = Object.freeze({ status: 'succeeded', reason: 'usable', detail: null })

/**
 * How a request ends with this success: `succeeded` if it is usable or the queue's policy accepts it as it is, else
 * `failed`. The reason says what it was in either case, the detail is the stop reason of one that is not usable, or what is
 * wrong with its form.
 */
export function successVerdict(
  success: {
    readonly usability: Usability
    readonly stopReason: string | null
    readonly problem?: string | null
  },
  policy: Pick<QueuePolicy, 'accept'>,
): Verdict {
  const { usability, stopReason } = success
  if (usability === 'usable') return USABLE
  if (usability === 'output_invalid') {
    return { status: 'failed', reason: usability, detail: success.problem ?? null }
  }
  const status = policy.accept.includes(usability) ? 'succeeded' : 'failed'
  return { status, reason: usability, detail: stopReason }
}
