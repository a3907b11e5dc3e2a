import { DEFAULT_PROJECT, type QueueName, type RemoteId } from '../model/ids.js'
import { laneKey } from '../model/lane.js'
import { totalOf } from '../model/outcome.js'
import type { ProviderError } from '../model/provider-error.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import { nonceFrom } from '../policy/custom-id.js'
import type { ImportHome } from '../ports/store-sending.js'
import { type EngineContext, tellSubmission } from './context.js'
import { readOrigin } from './first-lines.js'

// The queue of an adopted batch names the job that its rows go to: a submission has no other place for it.
const ADOPTED = 'adopted'

/**
 * What became of adopting a batch.
 *
 * `adopted`: its results are fetched next. `known`: the store has it already. `ours`: its ids are of our form, so it
 * belongs to a store that made it. `running`: which rows it has can only be told at its end. `unreadable`: no line of it
 * could be read. `not_found`, `failed`: the provider said so.
 */
export type AdoptResult =
  | { readonly type: 'adopted'; readonly submission: Submission }
  | { readonly type: 'running'; readonly batch: RemoteBatch }
  | { readonly type: 'known' }
  | { readonly type: 'ours' }
  | { readonly type: 'unreadable' }
  | { readonly type: 'not_found'; readonly error: ProviderError }
  | { readonly type: 'failed'; readonly error: ProviderError }

/** Where the rows of an adopted batch go. */
export function adoptedHome({ queue }: Pick<Submission, 'queue'>): ImportHome {
  const job = queue.startsWith(`${ADOPTED}.`) ? queue.slice(ADOPTED.length + 1) : queue
  return { project: DEFAULT_PROJECT, queue, job, lane: laneKey({}) }
}

/** Takes in an ended batch that was made elsewhere: its rows become requests of a job, under their custom ids. */
export async function adoptBatch(
  context: EngineContext,
  params: { readonly remoteId: RemoteId; readonly job: string },
): Promise<AdoptResult> {
  const { account, store, transport, signal } = context
  const { remoteId, job } = params
  const answer = await transport.retrieve({ account, remoteId, signal })
  if (answer.type !== 'batch') return answer
  const { batch } = answer
  const known = await store.knownBatches({ account, remoteIds: [batch.id] })
  if (known.ours.has(batch.id)) return { type: 'known' }
  if (batch.status !== 'ended') return { type: 'running', batch }
  const total = totalOf(batch.counts)
  const origin = await readOrigin(context, { account, remoteId, workspaceId: null, total })
  if (origin.type === 'ours') return { type: 'ours' }
  if (origin.type !== 'foreign') return { type: 'unreadable' }
  const queue = `${ADOPTED}.${job}` as QueueName
  const { submission } = await store.importSubmission({
    account,
    batch,
    nonce: nonceFrom(context.random.bytes(9)),
    look: null,
    firstRequestId: null,
    home: adoptedHome({ queue }),
    lines: [],
  })
  tellSubmission(context, submission)
  return { type: 'adopted', submission }
}
