import type { AccountId, Nonce, RemoteId, RequestId } from '../model/ids.js'
import { parseCustomId, type Sealing, verifyCustomId } from '../policy/custom-id.js'
import { readResultLine } from '../policy/results/result-line.js'
import type { EngineContext } from './context.js'

// A batch is another program's when its first ten readable lines, or all of them, are.
const FOREIGN_AFTER = 10

/**
 * Whose an ended batch is, by the ids in its first lines.
 *
 * `sealed` says that the id bears our seal; without it the nonce must be one that the store knows.
 * `unreadable`: it answered, and no whole line could be read. `gone`: its file is not there. `failed`: no answer, so
 * nothing was learned.
 */
export type Origin =
  | {
      readonly type: 'ours'
      readonly nonce: Nonce
      /** The request that the line is of. */
      readonly requestId: RequestId
      readonly sealed: boolean
      /** The workspace that it was read in. */
      readonly workspaceId: string | null
    }
  | { readonly type: 'foreign' }
  | { readonly type: 'unreadable' }
  | { readonly type: 'gone' }
  | { readonly type: 'failed' }

/** Reads the first lines of an ended batch's results, until one proves that it is ours or enough say that it is not. */
export async function readOrigin(
  context: EngineContext,
  params: {
    readonly account: AccountId
    readonly remoteId: RemoteId
    readonly workspaceId: string | null
    /** Rows that the batch has, by its counts. */
    readonly total: number
  },
): Promise<Origin> {
  const { account, remoteId, workspaceId } = params
  const results = await context.transport.streamResults({
    account,
    remoteId,
    signal: context.signal,
  })
  if (results.type === 'not_found') return { type: 'gone' }
  if (results.type === 'failed') return { type: 'failed' }
  const sealing: Sealing = {
    hmac: (key, message) => context.digest.hmacSha256(key, message),
    keys: context.memory.sealingKeys,
    workspaceId,
  }
  let strangers = 0
  for await (const piece of results.pieces) {
    if (piece.type === 'end') {
      // A file that was cut short may hide our lines behind strange ones, so fewer than all of them prove nothing.
      if (strangers > 0 && strangers >= params.total) return { type: 'foreign' }
      // Of a file that always breaks off before its first line nothing will ever be learned.
      return { type: piece.clean || strangers === 0 ? 'unreadable' : 'failed' }
    }
    for (const bytes of piece.lines) {
      const line = readResultLine(bytes)
      if (line.type === 'malformed') continue
      const parts = parseCustomId(line.customId)
      if (parts !== null) {
        const { nonce, requestId } = parts
        const sealed = verifyCustomId(line.customId, sealing)
        return { type: 'ours', nonce, requestId, sealed, workspaceId }
      }
      strangers += 1
      if (strangers >= FOREIGN_AFTER) return { type: 'foreign' }
    }
  }
  return { type: 'failed' }
}
