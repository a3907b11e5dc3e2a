import {
  InvariantError,
  type OutcomeCounts,
  type RemoteBatch,
  type RemoteId,
  type Store,
  type Transport,
} from '@halfrate/core'
import { engineOn, sendAtOnce } from './engine-parts.js'
import { resultLine } from './payload.js'
import { takeIn } from './take-in.js'

const REMOTE_ID = 'msgbatch_01benchbenchbenchbench01' as RemoteId

/** A store with one batch at the provider that has just ended, and the custom ids that were sent. */
export interface PreparedBatch {
  readonly customIds: readonly string[]
  /** The provider, up to the moment at which results are fetched. */
  readonly transport: Transport
}

/** Takes requests in and sends them to a provider that only remembers their ids. */
export async function prepareBatch(
  store: Store,
  requestsPath: string,
  count: number,
): Promise<PreparedBatch> {
  await sendAtOnce(store)
  await takeIn(store, requestsPath)
  const customIds: string[] = []
  const transport = rememberingTransport(customIds, count)
  const engine = engineOn(store, transport)
  while (customIds.length < count) await engine.tick()
  await engine.stop({ graceMs: 0 })
  return { customIds, transport }
}

/** Results lines for what was sent. */
export function linesFor(customIds: readonly string[], bytes: number): readonly Uint8Array[] {
  const encoder = new TextEncoder()
  return customIds.map((customId, index) => encoder.encode(resultLine(customId, index, bytes)))
}

/** A batch of the bench's provider. */
export function endedBatch(count: number): RemoteBatch {
  return batchOf('ended', { processing: 0, succeeded: count, errored: 0, canceled: 0, expired: 0 })
}

function batchOf(status: RemoteBatch['status'], counts: OutcomeCounts): RemoteBatch {
  const createdAt = Date.now()
  const expiresAt = createdAt + 86_400_000
  const endedAt = status === 'ended' ? createdAt : null
  return {
    id: REMOTE_ID,
    status,
    counts,
    createdAt,
    expiresAt,
    endedAt,
    cancelInitiatedAt: null,
    archivedAt: null,
  }
}

function rememberingTransport(customIds: string[], count: number): Transport {
  const running = batchOf('in_progress', {
    processing: count,
    succeeded: 0,
    errored: 0,
    canceled: 0,
    expired: 0,
  })
  const page = {
    type: 'page',
    batches: [],
    hasMore: false,
    serverAt: Date.now(),
    workspaceId: null,
  } as const
  return {
    snapshot: () => Promise.resolve(page),
    list: () => Promise.resolve(page),
    createBatch: async ({ body }) => {
      for await (const piece of body) remember(piece)
      return { type: 'accepted', batch: running }
    },
    retrieve: () => Promise.resolve({ type: 'batch', batch: endedBatch(count) }),
    createMessage: () => Promise.reject(new InvariantError('the bench makes batches only')),
    cancel: () => Promise.reject(new InvariantError('the bench cancels nothing')),
    streamResults: () => Promise.reject(new InvariantError('the bench has no results yet')),
    countTokens: () => Promise.reject(new InvariantError('the bench counts nothing')),
  }

  // A piece of the body ends at an item's end, so no custom id is cut.
  function remember(piece: Uint8Array): void {
    const text = Buffer.from(piece).toString('latin1')
    for (const [, customId] of text.matchAll(/\{"custom_id":"([^"]+)","params"/g)) {
      if (customId !== undefined) customIds.push(customId)
    }
  }
}
