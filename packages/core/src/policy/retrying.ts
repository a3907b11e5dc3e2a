import type { Request } from '../model/request.js'
import type { RetryRefusal } from '../model/retry-refusal.js'

/**
 * Decides whether a new request may be appended under the key of one that is done: only where that one failed or was
 * canceled, and is the newest. Null when it may.
 */
export function refusalToRetry(
  request: Pick<Request, 'state' | 'itemBytes' | 'supersededBy'> & {
    readonly verdict: Pick<NonNullable<Request['verdict']>, 'status'> | null
  },
): RetryRefusal | null {
  if (request.supersededBy !== null) return 'replaced'
  if (request.state !== 'done') return 'not_done'
  if (request.verdict?.status === 'succeeded') return 'succeeded'
  return request.itemBytes === 0 ? 'no_params' : null
}
