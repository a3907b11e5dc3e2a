import { type CreateParams, type CreateResult, laneOf } from '@halfrate/core'
import type { ApiClient } from './api-client.js'
import { BATCHES_PATH } from './batch-path.js'
import { classifyCreate } from './classify-create.js'
import { CreateBody, outOfTime } from './create-body.js'
import { linkAbort } from './linked-abort.js'
import { uploadOf } from './upload.js'

// An upload that stands still asks for no bytes, so nobody would notice that its time is up.
const WATCH_MS = 1_000

// The SDK's own limit is only a last resort here: before the last byte `mayContinue` decides, after it `answerMs`.
const OUTER_LIMIT_MS = 24 * 3_600_000

/** Sends one batch, once, and says what became of it. */
export async function createBatch(api: ApiClient, params: CreateParams): Promise<CreateResult> {
  const abort = linkAbort(params.signal)
  let problem: string | null = null
  let answerTimer: NodeJS.Timeout | undefined
  const endWith = (reason: string): void => {
    problem = reason
    abort.abort()
  }
  const body = new CreateBody({
    ...params,
    signal: abort.signal,
    onLastByte: () => {
      const late = (): void => endWith('No answer came in time after the last byte.')
      answerTimer = setTimeout(late, api.settings.answerMs)
    },
  })
  const watch = setInterval(() => {
    if (!body.lastByteLeft && !params.mayContinue()) endWith(outOfTime().message)
  }, WATCH_MS)
  try {
    if (!params.mayContinue()) endWith(outOfTime().message)
    const reply = await api.call({
      account: params.account,
      method: 'post',
      path: () => BATCHES_PATH,
      headers: () => headersOf(params),
      body: body.stream,
      carrier: uploadOf(body),
      timeoutMs: OUTER_LIMIT_MS,
      signal: abort.signal,
      // A refusal may come while the body is under way; the rest of the body would only make it ambiguous.
      onStatus: (status) => {
        if (status !== 200) body.halt()
      },
    })
    return classifyCreate(reply, {
      requestCount: params.requestCount,
      lastByteLeft: body.lastByteLeft,
      problem: problem ?? body.problem,
    })
  } finally {
    clearInterval(watch)
    clearTimeout(answerTimer)
    body.close()
    // An answer that came early leaves an upload behind, which would hold its connection.
    abort.abort()
    abort.unlink()
  }
}

function headersOf(params: CreateParams): Record<string, string> {
  const { apiVersion, betas, userProfileId } = laneOf(params.lane)
  return {
    'anthropic-version': apiVersion,
    ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
    ...(userProfileId !== null && { 'anthropic-user-profile-id': userProfileId }),
    'content-type': 'application/json',
    // The API is not known to take a chunked body, and the last byte can only be kept back from an announced length.
    'content-length': String(params.contentLength),
  }
}
