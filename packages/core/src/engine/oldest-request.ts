import type { AccountId, Nonce, RequestId } from '../model/ids.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import { parseCustomId, type Sealing, verifyCustomId } from '../policy/custom-id.js'
import { readResultLine } from '../policy/results/result-line.js'
import type { EngineContext } from './context.js'

/** A batch under the store's own seal that no submission has sent, by its first line. */
export interface UnknownBatch {
  readonly batch: RemoteBatch
  readonly nonce: Nonce
  readonly requestId: RequestId
  readonly workspaceId: string | null
}

/**
 * The oldest request of an unknown batch of ours, as far as its results can be read. A backup that has any of the batch's
 * requests has this one, since ids ascend in the order in which requests are taken in.
 */
export async function oldestRequest(
  context: EngineContext,
  account: AccountId,
  { batch, nonce, requestId, workspaceId }: UnknownBatch,
): Promise<RequestId> {
  const { transport, signal } = context
  const results = await transport.streamResults({ account, remoteId: batch.id, signal })
  if (results.type !== 'results') return requestId
  const sealing: Sealing = {
    hmac: (key, message) => context.digest.hmacSha256(key, message),
    keys: context.memory.sealingKeys,
    workspaceId,
  }
  let oldest = requestId
  for await (const piece of results.pieces) {
    if (piece.type === 'end') break
    for (const bytes of piece.lines) {
      const line = readResultLine(bytes)
      const parts = line.type === 'malformed' ? null : parseCustomId(line.customId)
      if (line.type === 'malformed' || parts?.nonce !== nonce || parts.requestId >= oldest) continue
      if (verifyCustomId(line.customId, sealing)) oldest = parts.requestId
    }
  }
  return oldest
}
