import type { AccountId, RemoteId } from '../model/ids.js'
import { totalOf } from '../model/outcome.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Unreadable } from '../policy/batch-reading.js'
import type { Survey } from '../policy/search.js'
import type { EngineContext } from './context.js'
import { type Origin, readOrigin } from './first-lines.js'
import { meetUnknown } from './recovery.js'
import { tellEvidence } from './tell-evidence.js'

/** Which ended batches are worth reading a line of. */
export interface IdentifyParams {
  readonly account: AccountId
  readonly survey: Survey
  /** Only batches with one of these counts; null reads every one. */
  readonly counts: ReadonlySet<number> | null
}

/** What is still unknown after it. */
export interface Identified {
  /** Batches that are neither ours nor known to be another program's. */
  readonly unidentified: readonly RemoteBatch[]
  readonly unreadable: readonly Unreadable[]
}

/**
 * Looks after everything unknown in the list: reads the first line of ended batches that could be ours, and stores
 * whose they are. Nothing is adopted on likeness; only ids that bear our seal prove anything.
 */
export async function identify(
  context: EngineContext,
  params: IdentifyParams,
): Promise<Identified> {
  const unknown = await unknownOf(context, params.account, params.survey.batches)
  const unidentified: RemoteBatch[] = []
  const unreadable: Unreadable[] = []
  const foreign: RemoteId[] = []
  for (const batch of unknown) {
    const isWorthReading = params.counts === null || params.counts.has(totalOf(batch.counts))
    if (batch.status !== 'ended' || !isWorthReading) {
      unidentified.push(batch)
      continue
    }
    const origin = await readOrigin(context, {
      account: params.account,
      remoteId: batch.id,
      workspaceId: params.survey.workspaceId,
      total: totalOf(batch.counts),
    })
    if (origin.type === 'foreign') foreign.push(batch.id)
    else if (origin.type !== 'ours') unidentified.push(batch)
    else if (!(await adopt(context, params.account, batch, origin))) foreign.push(batch.id)
    if (origin.type === 'gone' || origin.type === 'unreadable') {
      unreadable.push({ remoteId: batch.id, gone: origin.type === 'gone' })
    }
  }
  const { pageLimit } = context.store.traits
  for (let from = 0; from < foreign.length; from += pageLimit) {
    const remoteIds = foreign.slice(from, from + pageLimit)
    await context.store.markForeign({ account: params.account, remoteIds })
  }
  context.memory.takenCounts = new Set(unidentified.map((batch) => totalOf(batch.counts)))
  return { unidentified, unreadable }
}

async function unknownOf(
  context: EngineContext,
  account: AccountId,
  batches: readonly RemoteBatch[],
): Promise<readonly RemoteBatch[]> {
  const unknown: RemoteBatch[] = []
  const pageLimit = context.store.traits.pageLimit
  for (let from = 0; from < batches.length; from += pageLimit) {
    const page = batches.slice(from, from + pageLimit)
    const remoteIds = page.map((batch) => batch.id)
    const known = await context.store.knownBatches({ account, remoteIds })
    unknown.push(
      ...page.filter((batch) => !known.ours.has(batch.id) && !known.foreign.has(batch.id)),
    )
  }
  return unknown
}

// Answers whether it is ours. An id of our form without our seal is ours only if the store knows its nonce: another
// store may use the same workspace.
async function adopt(
  context: EngineContext,
  account: AccountId,
  batch: RemoteBatch,
  origin: Extract<Origin, { type: 'ours' }>,
): Promise<boolean> {
  const evidence = { type: 'found', batch } as const
  const result = await context.store.recordEvidence({ account, nonce: origin.nonce, evidence })
  tellEvidence(context, result, batch)
  if (result.type === 'unknown_nonce') {
    const { nonce, requestId, workspaceId } = origin
    if (origin.sealed) await meetUnknown(context, account, { batch, nonce, requestId, workspaceId })
    return origin.sealed
  }
  return true
}
