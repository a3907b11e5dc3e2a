import type { Submission } from '../model/submission.js'
import { nonceFrom } from '../policy/custom-id.js'
import type { CreateResult } from '../ports/transport.js'
import type { EngineContext } from './context.js'

/** The custom id of the canary's one request. None of ours has this form, so a canary is a stranger's batch to us. */
export const CANARY_ID = 'halfrate-canary'

// The provider checks params only after it took a batch, so this is taken, ends as errored, and is never billed.
// Fact sheet section 4, 2026-11-21.
const BODY = new TextEncoder().encode(
  `{"requests":[{"custom_id":"${CANARY_ID}","params":{"model":"claude-haiku-4-5","max_tokens":1,"messages":[]}}]}`,
)

/**
 * Asks whether the provider takes any batch of a lane at all, by one with a single request that is known to be good at
 * the door and can't be worked on, so that it costs nothing whatever becomes of its answer.
 */
export async function sendCanary(
  context: EngineContext,
  { account, lane }: Pick<Submission, 'account' | 'lane'>,
): Promise<CreateResult> {
  const { transport, random, signal, store } = context
  const answer = await transport.createBatch({
    account,
    lane,
    nonce: nonceFrom(random.bytes(9)),
    requestCount: 1,
    contentLength: BODY.length,
    body: bodyOnce(),
    mayContinue: () => !signal.aborted,
    signal,
  })
  // So that a lost answer of a batch of one never has to wait for it.
  if (answer.type === 'accepted') {
    await store.markForeign({ account, remoteIds: [answer.batch.id] })
  }
  return answer
}

async function* bodyOnce(): AsyncGenerator<Uint8Array> {
  yield BODY
}
