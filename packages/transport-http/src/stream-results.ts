import type { AccountId, RemoteId, ResultsResult } from '@halfrate/core'
import type { ApiClient, ApiReply } from './api-client.js'
import { batchPath } from './batch-path.js'
import { download } from './download.js'
import { type LinkedAbort, linkAbort } from './linked-abort.js'
import { errorOf, localError } from './provider-error.js'
import { isNotFound } from './read-batches.js'
import { readPieces } from './results-pieces.js'

/**
 * Opens a batch's results, at the path made from its id. The `results_url` that the provider gives is never used: a
 * client that dials it sends its key to whatever host stands there.
 */
export async function streamResults(
  api: ApiClient,
  params: Readonly<{ account: AccountId; remoteId: RemoteId; signal?: AbortSignal | undefined }>,
): Promise<ResultsResult> {
  const abort = linkAbort(params.signal)
  const reply = await api.call({
    account: params.account,
    method: 'get',
    path: () => `${batchPath(params.remoteId)}/results`,
    headers: () => ({ accept: 'application/binary' }),
    carrier: download,
    timeoutMs: api.settings.readMs,
    signal: abort.signal,
    isStreamed: true,
  })
  const result = resultsOf(api, reply, abort)
  if (result.type !== 'results') abort.unlink()
  return result
}

function resultsOf(api: ApiClient, reply: ApiReply, abort: LinkedAbort): ResultsResult {
  if (reply.type === 'answer' && isNotFound(reply)) {
    return { type: 'not_found', error: errorOf(reply) }
  }
  if (reply.type !== 'stream') return { type: 'failed', error: errorOf(reply) }
  const { response, secrets } = reply
  // No content type at all is right: the API sent none until mid-2026. A web page is somebody else's.
  if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
    abort.abort()
    const message = 'HTTP 200, unreadable: a web page came instead of results'
    return { type: 'failed', error: { ...localError({ secrets, message }), status: 200 } }
  }
  const { idleTimeoutMs, maxLineBytes } = api.settings
  return {
    type: 'results',
    pieces: readPieces({ response, secrets, abort, idleTimeoutMs, maxLineBytes }),
  }
}
