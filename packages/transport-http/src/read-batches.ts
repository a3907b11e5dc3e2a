import type { AccountId, ListResult, RemoteId, RetrieveResult } from '@halfrate/core'
import type { ApiAnswer, ApiClient, ApiReply } from './api-client.js'
import { BATCHES_PATH, batchPath } from './batch-path.js'
import { linkAbort } from './linked-abort.js'
import { errorOf, unreadable } from './provider-error.js'
import { readBatch, readPage } from './wire/batch.js'

interface BatchParams {
  readonly account: AccountId
  readonly remoteId: RemoteId
  readonly signal?: AbortSignal | undefined
}

interface PageParams {
  readonly account: AccountId
  readonly afterId: RemoteId | null
  readonly limit: number
  readonly signal?: AbortSignal | undefined
}

/** Asks for one batch. */
export async function retrieveBatch(
  api: ApiClient,
  params: Readonly<BatchParams>,
): Promise<RetrieveResult> {
  return batchResult(await callBatch(api, params, 'get', ''))
}

/** Calls a path of one batch's own. */
export async function callBatch(
  api: ApiClient,
  params: Readonly<BatchParams>,
  method: 'get' | 'post',
  action: '' | '/cancel',
): Promise<ApiReply> {
  const abort = linkAbort(params.signal)
  try {
    return await api.call({
      account: params.account,
      method,
      path: () => `${batchPath(params.remoteId)}${action}`,
      timeoutMs: api.settings.readMs,
      signal: abort.signal,
    })
  } finally {
    abort.unlink()
  }
}

/** Reads an answer that should be a batch. */
export function batchResult(reply: ApiReply): RetrieveResult {
  if (reply.type !== 'answer') return { type: 'failed', error: errorOf(reply) }
  if (isNotFound(reply)) return { type: 'not_found', error: errorOf(reply) }
  if (reply.status !== 200) return { type: 'failed', error: errorOf(reply) }
  const reading = readBatch(reply.json)
  if (reading.type === 'read') return { type: 'batch', batch: reading.value }
  return { type: 'failed', error: unreadable(reply, reading.problem) }
}

/** Whether it is the API that says so; a proxy's 404 says nothing about the batch. */
export function isNotFound(answer: ApiAnswer): boolean {
  return answer.status === 404 && answer.error?.isWhole === true
}

/** Asks for one page of the list, newest first. */
export async function listBatches(
  api: ApiClient,
  params: Readonly<PageParams>,
): Promise<ListResult> {
  const { account, afterId, limit } = params
  const abort = linkAbort(params.signal)
  try {
    const reply = await api.call({
      account,
      method: 'get',
      path: () => BATCHES_PATH,
      query: { limit, ...(afterId !== null && { after_id: afterId }) },
      timeoutMs: api.settings.readMs,
      signal: abort.signal,
    })
    return pageResult(reply)
  } finally {
    abort.unlink()
  }
}

function pageResult(reply: ApiReply): ListResult {
  if (reply.type !== 'answer' || reply.status !== 200) {
    return { type: 'failed', error: errorOf(reply) }
  }
  const reading = readPage(reply.json)
  if (reading.type === 'unreadable') {
    return { type: 'failed', error: unreadable(reply, reading.problem) }
  }
  const workspaceId = reply.headers.get('anthropic-workspace-id')
  return { type: 'page', ...reading.value, serverAt: reply.serverAt, workspaceId }
}
