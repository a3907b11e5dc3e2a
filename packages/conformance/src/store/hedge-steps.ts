import {
  type HedgeParams,
  type HedgeResult,
  InvariantError,
  laneKey,
  type NanoUsd,
  type RequestId,
} from '@halfrate/core'
import { hedgeLane } from '@halfrate/core/routing'
import { aNonce } from '../builders/a-nonce.js'
import type { Batch, Scene } from './scene.js'
import { running } from './send-steps.js'

/** The hold of each call beside a batch. */
export const HOLD: NanoUsd = 2_000_000 as NanoUsd
/** The lane of those calls. */
export const LANE: string = hedgeLane(laneKey({ deadlineAt: 1_800_000_000_000 }))
// Beyond those that a scene gives out itself.
let nonces = 500

/** Calls the first member of a batch as well, unless something else is said. */
export async function hedge(
  scene: Scene,
  batch: Batch,
  overrides: Partial<HedgeParams> = {},
): Promise<HedgeResult> {
  nonces += 1
  const nonce = aNonce(nonces)
  return await scene.store.hedge({
    ...{ fence: await scene.fence(batch), submissionId: batch.id, ordinal: 0, lane: LANE },
    ...{ nonce, holdNano: HOLD, budgets: [], ...overrides },
  })
}

/** A running batch of these, and a call beside it for the first. */
export async function hedged(
  scene: Scene,
  ids: readonly RequestId[],
): Promise<{ readonly batch: Batch; readonly call: Batch }> {
  const batch = await running(scene, ids)
  return { batch, call: await opened(scene, batch, ids) }
}

/** A call beside a batch, for its first member. */
export async function opened(
  scene: Scene,
  batch: Batch,
  ids: readonly RequestId[],
): Promise<Batch> {
  const result = await hedge(scene, batch)
  if (result.type !== 'opened') throw new InvariantError(`It was not opened: ${result.type}.`)
  const { id, nonce } = result.submission
  const remoteId = `call_${nonce}` as Batch['remoteId']
  return { id, nonce, remoteId, requests: ids.slice(0, 1) }
}
