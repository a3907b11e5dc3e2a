import type { AccountId, CancelResult, RemoteId } from '@halfrate/core'
import type { ApiAnswer, ApiClient } from './api-client.js'
import { errorOf } from './provider-error.js'
import { batchResult, callBatch } from './read-batches.js'

/** Asks to cancel a batch. */
export async function cancelBatch(
  api: ApiClient,
  params: Readonly<{ account: AccountId; remoteId: RemoteId; signal?: AbortSignal | undefined }>,
): Promise<CancelResult> {
  const reply = await callBatch(api, params, 'post', '/cancel')
  if (reply.type === 'answer' && isTooLate(reply))
    return { type: 'too_late', error: errorOf(reply) }
  return batchResult(reply)
}

// The one place where words decide, since the API gives no code for it. If they change, the caller gets `failed` and
// learns from the next poll that the batch has ended. A 404 is not "too late": it is also what a batch that has only
// just been made gives for a while.
function isTooLate(answer: ApiAnswer): boolean {
  if (answer.error?.isWhole !== true) return false
  if (answer.status === 409) return true
  return answer.status === 400 && /finished processing/i.test(answer.error.message)
}
