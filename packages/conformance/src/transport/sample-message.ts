import { laneKey, type MessageParams } from '@halfrate/core'
import { newNonce } from './sample-batch.js'
import type { TransportHarness } from './transport-harness.js'

/** A call in real time that the provider answers, unless something else is said. */
export function sampleMessage(
  { account }: TransportHarness,
  over: Partial<MessageParams> = {},
): MessageParams {
  const messages = [{ role: 'user', content: 'Is this a cat?' }]
  const params = { model: 'claude-haiku-4-5', max_tokens: 64, messages }
  return {
    account,
    lane: laneKey({ route: 'realtime' }),
    nonce: newNonce(),
    body: new TextEncoder().encode(JSON.stringify(params)),
    timeoutMs: 60_000,
    mayContinue: () => true,
    ...over,
  }
}
