import { laneOf, type MessageParams, type MessageResult } from '@halfrate/core'
import type { ApiClient } from './api-client.js'
import { classifyMessage } from './classify-message.js'
import { CreateBody, outOfTime } from './create-body.js'
import { linkAbort } from './linked-abort.js'
import { uploadOf } from './upload.js'

const MESSAGES_PATH = '/v1/messages'

/** Has one request answered in real time, once, in one piece, and says what became of it. */
export async function createMessage(api: ApiClient, params: MessageParams): Promise<MessageResult> {
  const abort = linkAbort(params.signal)
  let problem: string | null = null
  const endWith = (reason: string): void => {
    problem = reason
    abort.abort()
  }
  const body = new CreateBody({
    body: inOnePiece(params.body),
    contentLength: params.body.length,
    mayContinue: params.mayContinue,
    signal: abort.signal,
    onLastByte: () => undefined,
  })
  const timer = setTimeout(() => endWith('No answer came in time.'), params.timeoutMs)
  try {
    if (!params.mayContinue()) endWith(outOfTime().message)
    const reply = await api.call({
      account: params.account,
      method: 'post',
      path: () => MESSAGES_PATH,
      headers: () => headersOf(params),
      body: body.stream,
      carrier: uploadOf(body),
      // The SDK's own limit is only a last resort here.
      timeoutMs: 2 * params.timeoutMs,
      signal: abort.signal,
      onStatus: (status) => {
        if (status !== 200) body.halt()
      },
    })
    const { lastByteLeft } = body
    return classifyMessage(reply, { lastByteLeft, problem: problem ?? body.problem })
  } finally {
    clearTimeout(timer)
    body.close()
    abort.abort()
    abort.unlink()
  }
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function headersOf({ lane, body }: MessageParams): Record<string, string> {
  const { apiVersion, betas, userProfileId } = laneOf(lane)
  return {
    'anthropic-version': apiVersion,
    ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
    ...(userProfileId !== null && { 'anthropic-user-profile-id': userProfileId }),
    'content-type': 'application/json',
    'content-length': String(body.length),
  }
}
