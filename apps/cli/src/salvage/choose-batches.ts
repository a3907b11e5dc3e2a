import { DAY_MS, type EpochMs, type RemoteBatch, type RemoteId } from '@halfrate/core'
import type { PatientProvider } from './patient-provider.js'

/** How long the provider keeps results, from the creation of their batch. Source: fact sheet section 3, 2026-11-21. */
const KEPT_MS = 29 * DAY_MS

/** Which batches are wanted: those of these ids, or all that were made at an instant or later. */
export type Choice =
  | { readonly type: 'ids'; readonly ids: readonly RemoteId[] }
  /** `since` is told the provider's time; null for all whose results may be there. */
  | { readonly type: 'since'; readonly since: ((now: EpochMs) => EpochMs) | null }

/** A batch of which nothing can be had, and what the provider said. */
export interface LostBatch {
  readonly batchId: RemoteId
  readonly problem: string
}

/** The batches that were asked for, as the workspace shows them. */
export interface ChosenBatches {
  /** Null when the provider names none. */
  readonly workspaceId: string | null
  /** The provider's time. */
  readonly now: EpochMs
  /** The oldest first. */
  readonly batches: readonly RemoteBatch[]
  /** Ids that the workspace has no batch of. */
  readonly absent: readonly LostBatch[]
  /** Whether there are batches whose results are gone by their age. */
  readonly hasOlder: boolean
}

/** Finds the batches in the workspace. */
export async function chooseBatches(
  provider: PatientProvider,
  choice: Choice,
): Promise<ChosenBatches> {
  const newest = await provider.list(null)
  const { workspaceId, serverAt: now } = newest
  if (choice.type === 'ids') {
    const found = await findEach(provider, choice.ids)
    return { workspaceId, now, ...found, batches: oldestFirst(found.batches), hasOlder: false }
  }
  const from = choice.since?.(now) ?? now - KEPT_MS
  const batches: RemoteBatch[] = []
  for (let page = newest; ; page = await provider.list(page.batches.at(-1)?.id ?? null)) {
    const wanted = page.batches.filter(({ createdAt }) => createdAt >= from)
    batches.push(...wanted)
    const isOver = wanted.length < page.batches.length
    if (isOver || !page.hasMore || page.batches.length === 0) {
      const hasOlder = isOver && choice.since === null
      return { workspaceId, now, batches: oldestFirst(batches), absent: [], hasOlder }
    }
  }
}

async function findEach(
  provider: PatientProvider,
  ids: readonly RemoteId[],
): Promise<Pick<ChosenBatches, 'batches' | 'absent'>> {
  const batches: RemoteBatch[] = []
  const absent: LostBatch[] = []
  for (const batchId of new Set(ids)) {
    const found = await provider.retrieve(batchId)
    if (found.type === 'batch') batches.push(found.batch)
    else absent.push({ batchId, problem: found.error.message })
  }
  return { batches, absent }
}

// A batch may move between two pages while the list is read.
function oldestFirst(batches: readonly RemoteBatch[]): readonly RemoteBatch[] {
  const byId = new Map(batches.map((batch) => [batch.id, batch]))
  return [...byId.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
}
