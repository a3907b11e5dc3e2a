import type {
  EpochMs,
  Evidence,
  EvidenceResult,
  OutcomeCounts,
  ReleaseMove,
  ReleaseResult,
  ReleaseTo,
  RequestId,
  ResultLine,
  SettleResult,
  Submission,
} from '@halfrate/core'
import { aLook } from '../builders/a-look.js'
import { aProviderError } from '../builders/a-provider-error.js'
import { anEndedBatch, aRemoteBatch, someCounts } from '../builders/a-remote-batch.js'
import type { Batch, BatchOptions, Scene } from './scene.js'

/** How long a send may take in a scene. */
export const SEND_MS = 600_000

// Back to waiting at once, for no reason of its own.
const BACK_TO_WAITING: ReleaseTo = {
  type: 'waiting',
  notBefore: 0,
  countAs: 'nothing',
  batchLimit: null,
}

/** Seals a submission and begins its send. */
export async function sending(
  scene: Scene,
  requests: readonly RequestId[],
  options: BatchOptions = {},
): Promise<Batch> {
  const batch = await scene.sealed(requests, options)
  await beginSend(scene, batch)
  return batch
}

/** Begins the send of a sealed submission. */
export async function beginSend(
  scene: Scene,
  batch: Batch,
): Promise<Awaited<ReturnType<Scene['store']['beginSend']>>> {
  const fence = await scene.fence(batch)
  return scene.store.beginSend({ fence, submissionId: batch.id, look: aLook(), sendMs: SEND_MS })
}

/** Records evidence about a submission. */
export function learn(scene: Scene, batch: Batch, evidence: Evidence): Promise<EvidenceResult> {
  return scene.store.recordEvidence({ account: scene.account, nonce: batch.nonce, evidence })
}

/** The provider accepts a batch. */
export function accept(scene: Scene, batch: Batch): Promise<EvidenceResult> {
  return learn(scene, batch, { type: 'accepted', batch: runningBatch(batch) })
}

/** The batch as the provider shows it while it runs. */
export function runningBatch(batch: Batch): ReturnType<typeof aRemoteBatch> {
  const counts = someCounts({ processing: batch.requests.length })
  return aRemoteBatch({ id: batch.remoteId, counts })
}

/** Sends a submission, which the provider accepts. */
export async function running(
  scene: Scene,
  requests: readonly RequestId[],
  options: BatchOptions = {},
): Promise<Batch> {
  const batch = await sending(scene, requests, options)
  await accept(scene, batch)
  return batch
}

/** Sends a submission whose batch then ends with these counts. */
export async function ended(
  scene: Scene,
  requests: readonly RequestId[],
  counts: Partial<OutcomeCounts> = { succeeded: requests.length },
): Promise<Batch> {
  const batch = await running(scene, requests)
  await end(scene, batch, counts)
  return batch
}

/** The provider says that a batch has ended. */
export async function end(
  scene: Scene,
  batch: Batch,
  counts: Partial<OutcomeCounts>,
): Promise<Submission> {
  const now = scene.clock.now()
  return scene.store.recordPoll({
    submissionId: batch.id,
    askedAt: now,
    batch: anEndedBatch(counts, { id: batch.remoteId }),
    nextStepAt: now,
  })
}

/** Sends a submission whose answer is lost. */
export async function ambiguous(scene: Scene, requests: readonly RequestId[]): Promise<Batch> {
  const batch = await sending(scene, requests)
  await learn(scene, batch, { type: 'ambiguous', error: aProviderError() })
  return batch
}

/** Sends a submission that the provider refuses. */
export async function rejected(scene: Scene, requests: readonly RequestId[]): Promise<Batch> {
  const batch = await sending(scene, requests)
  await learn(scene, batch, { type: 'refused', error: aProviderError({ status: 400 }) })
  return batch
}

/** Sends a submission whose answer is lost and not found. */
export async function lost(scene: Scene, requests: readonly RequestId[]): Promise<Batch> {
  const batch = await ambiguous(scene, requests)
  await scan(scene, batch, { lost: { possiblyPaid: false } })
  return batch
}

/** Records a scan that is based on those that are recorded, unless something else is said. */
export async function scan(
  scene: Scene,
  batch: Batch,
  options: {
    readonly basedOnScans?: number
    readonly lost?: { readonly possiblyPaid: boolean } | null
    readonly askingSince?: number
  } = {},
): Promise<Submission> {
  const { askingSince: _, ...search } = (await scene.submission(batch)).search
  const { basedOnScans = search.scans, lost: verdict = null, askingSince } = options
  const now = scene.clock.now()
  return scene.store.recordScan({
    fence: await scene.fence(batch),
    submissionId: batch.id,
    basedOnScans,
    search: {
      ...search,
      scans: basedOnScans + 1,
      clearSince: search.clearSince ?? now,
      ...(askingSince === undefined ? {} : { askingSince }),
    },
    nextStepAt: now + 60_000,
    lost: verdict,
  })
}

/** Books result lines. */
export function settle(
  scene: Scene,
  batch: Pick<Batch, 'id'>,
  ...lines: readonly ResultLine[]
): Promise<SettleResult> {
  return scene.store.settle({ submissionId: batch.id, addMissing: false, lines })
}

/** One decision about one member, by its place. */
export function move(ordinal: number, overrides: Partial<ReleaseMove> = {}): ReleaseMove {
  return { ordinal, outcome: null, to: BACK_TO_WAITING, possiblyPaid: false, ...overrides }
}

/** Lets members go, as decided on the submission's state of now. */
export async function release(
  scene: Scene,
  batch: Batch,
  ...moves: readonly ReleaseMove[]
): Promise<ReleaseResult> {
  const { state, remoteId } = await scene.submission(batch)
  const fence = await scene.fence(batch)
  return scene.store.releaseMembers({ fence, submissionId: batch.id, state, remoteId, moves })
}

/**
 * Brings two requests back from a refused send, due at different instants: the second one in 5 seconds, the first one a
 * second later. Answers when the second one is due.
 */
export async function dueInTurn(scene: Scene, requests: readonly RequestId[]): Promise<EpochMs> {
  const batch = await rejected(scene, requests)
  const dueAt = scene.clock.now() + 5_000
  const later = { type: 'waiting', countAs: 'nothing', batchLimit: null } as const
  await release(
    scene,
    batch,
    move(0, { to: { ...later, notBefore: dueAt + 1_000 } }),
    move(1, { to: { ...later, notBefore: dueAt } }),
  )
  return dueAt
}
