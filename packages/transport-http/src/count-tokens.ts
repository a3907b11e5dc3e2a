import { type AccountId, type CountTokensResult, laneOf } from '@halfrate/core'
import type { ApiClient } from './api-client.js'
import { linkAbort } from './linked-abort.js'
import { errorOf, unreadable } from './provider-error.js'

const COUNT_PATH = '/v1/messages/count_tokens'

interface CountParams {
  readonly account: AccountId
  readonly lane: string
  readonly body: Uint8Array
  readonly signal?: AbortSignal | undefined
}

/** Asks how many tokens a prompt has. */
export async function countTokens(
  api: ApiClient,
  params: Readonly<CountParams>,
): Promise<CountTokensResult> {
  const { account, lane, body } = params
  const { apiVersion, betas } = laneOf(lane)
  const abort = linkAbort(params.signal)
  try {
    const reply = await api.call({
      ...{ account, method: 'post', path: () => COUNT_PATH, body },
      headers: () => ({
        'anthropic-version': apiVersion,
        ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
        'content-type': 'application/json',
      }),
      timeoutMs: api.settings.readMs,
      signal: abort.signal,
    })
    if (reply.type !== 'answer' || reply.status !== 200) {
      return { type: 'failed', error: errorOf(reply) }
    }
    const tokens = tokensOf(reply.json)
    if (tokens !== null) return { type: 'counted', tokens }
    return { type: 'failed', error: unreadable(reply, 'expected a whole number of input_tokens') }
  } finally {
    abort.unlink()
  }
}

function tokensOf(json: unknown): number | null {
  const tokens = (json as { readonly input_tokens?: unknown } | null)?.input_tokens
  return typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : null
}
