import { type EvidenceResult, laneKey, type OutcomeCounts, type RequestId } from '@halfrate/core'
import { expect } from 'vitest'
import { aProviderError } from '../builders/a-provider-error.js'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Batch, Scene } from './scene.js'
import { learn, move, release, scan, sending, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'
import { violationsOf } from './violations-of.js'

const lane = laneKey({ route: 'realtime' })

// What a call costs in real time is what it is compared with.
const PAID = { costNano: 300_000, realtimeNano: 300_000 } as Partial<ReturnType<typeof aSuccess>>

async function asked(scene: Scene): Promise<readonly [RequestId, Batch]> {
  const [id] = await scene.enqueueRows([anIntakeRow({ key: 'a', lane })])
  return [id, await sending(scene, [id], { lane })]
}

function answered(
  scene: Scene,
  batch: Batch,
  counts: Partial<OutcomeCounts> = { succeeded: 1 },
): Promise<EvidenceResult> {
  const ended = anEndedBatch(counts, { id: batch.remoteId })
  return learn(scene, batch, { type: 'accepted', batch: ended })
}

async function close(scene: Scene, batch: Batch): Promise<string | undefined> {
  const fence = await scene.fence(batch)
  return (await scene.store.closeSubmission({ fence, submissionId: batch.id }))?.state
}

async function given(scene: Scene): Promise<readonly [RequestId, Batch]> {
  const [id, batch] = await asked(scene)
  await learn(scene, batch, { type: 'ambiguous', error: aProviderError() })
  await scan(scene, batch, { lost: { possiblyPaid: true } })
  return [id, batch]
}

/** Calls that are answered in real time: their answer is booked first, and then it is noted that there is one. */
export const realtimeCases: readonly StoreCase[] = [
  {
    name: 'an answer is booked while its call is still under way, and ends its request at once',
    run: async (scene) => {
      const [id, batch] = await asked(scene)
      expect(await settle(scene, batch, aSuccess(id, PAID))).toMatchObject({ fresh: 1, done: 1 })
      expect((await scene.submission(batch)).state).toBe('sending')
      expect((await scene.request(id)).verdict?.status).toBe('succeeded')
      expect(await violationsOf(scene.store)).toEqual([])
      const { submission } = await answered(scene, batch)
      expect(submission).toMatchObject({ state: 'ended', orphan: false, lane })
      expect(await close(scene, batch)).toBe('collected')
      expect(await scene.submission(batch)).toMatchObject({ holdNano: 0, spentNano: 300_000 })
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'an error is only noted, and takes effect once it is noted that there is an answer',
    run: async (scene) => {
      const [id, batch] = await asked(scene)
      expect(await settle(scene, batch, anError(id))).toMatchObject({ fresh: 1, done: 0 })
      expect((await scene.request(id)).state).toBe('assigned')
      await answered(scene, batch, { errored: 1 })
      await release(scene, batch, move(0, { outcome: 'errored' }))
      expect((await scene.request(id)).state).toBe('waiting')
      expect(await close(scene, batch)).toBe('collected')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'an answer that two workers book and note is one',
    run: async (scene) => {
      const [id, batch] = await asked(scene)
      await learn(scene, batch, { type: 'ambiguous', error: aProviderError() })
      await settle(scene, batch, aSuccess(id, PAID))
      const again = await settle(scene, batch, aSuccess(id, PAID))
      expect(again).toMatchObject({ fresh: 0, duplicates: 1, done: 0, conflicts: [] })
      expect(await answered(scene, batch)).toMatchObject({ type: 'applied' })
      expect(await answered(scene, batch)).toMatchObject({ type: 'known' })
      expect(await close(scene, batch)).toBe('collected')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a call that is given up may have been paid, which a late answer replaces',
    run: async (scene) => {
      const [id, batch] = await given(scene)
      await release(scene, batch, move(0, { possiblyPaid: true }))
      expect(await scene.request(id)).toMatchObject({ state: 'waiting' })
      expect((await scene.attempts(id))[0]).toMatchObject({ possiblyPaid: true, outcome: null })
      expect(await settle(scene, batch, aSuccess(id, PAID))).toMatchObject({ fresh: 1, done: 1 })
      expect((await scene.attempts(id))[0]).toMatchObject({ possiblyPaid: false, ...PAID })
      const { submission } = await answered(scene, batch)
      expect(submission).toMatchObject({ state: 'ended', orphan: true })
      if (submission?.reclaimPending === true) {
        const fence = await scene.fence(batch)
        await scene.store.reclaimMembers({ fence, submissionId: batch.id })
      }
      expect(await close(scene, batch)).toBe('collected')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'of two calls of one request that are both answered the later one is waste',
    run: async (scene) => {
      const [id, batch] = await given(scene)
      await release(scene, batch, move(0, { possiblyPaid: true }))
      const second = await sending(scene, [id], { lane })
      await settle(scene, second, aSuccess(id, { ...PAID, text: 'second' }))
      await answered(scene, second)
      expect(await close(scene, second)).toBe('collected')
      await settle(scene, batch, aSuccess(id, { ...PAID, text: 'first' }))
      const attempts = await scene.attempts(id)
      expect(attempts.map(({ waste, possiblyPaid }) => [waste, possiblyPaid])).toEqual([
        [true, false],
        [false, false],
      ])
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a request that is canceled while its call is under way keeps the answer that was paid',
    run: async (scene) => {
      const [id, batch] = await asked(scene)
      const { project } = scene
      const canceled = await scene.store.cancel({ project, requestIds: [id], reason: 'canceled' })
      expect(canceled).toEqual({ canceled: 0, withdrawn: 0, flagged: 1 })
      await settle(scene, batch, aSuccess(id, PAID))
      expect((await scene.request(id)).verdict?.status).toBe('succeeded')
    },
  },
  {
    name: 'a request that is canceled while its call is under way is not sent again when that is lost',
    run: async (scene) => {
      const [id, batch] = await asked(scene)
      await scene.store.cancel({ project: scene.project, requestIds: [id], reason: 'canceled' })
      await learn(scene, batch, { type: 'ambiguous', error: aProviderError() })
      await scan(scene, batch, { lost: { possiblyPaid: true } })
      await release(scene, batch, move(0, { possiblyPaid: true }))
      expect((await scene.request(id)).verdict?.status).toBe('canceled')
      expect((await scene.attempts(id))[0]?.possiblyPaid).toBe(true)
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'whatever a person decides about a lost call, it may have been paid',
    run: async (scene) => {
      const [, batch] = await asked(scene)
      await learn(scene, batch, { type: 'ambiguous', error: aProviderError() })
      await scan(scene, batch, { askingSince: scene.clock.now() })
      const { submission } = await learn(scene, batch, { type: 'decided', decision: 'resend' })
      expect(submission).toMatchObject({ state: 'lost', possiblyPaid: true })
    },
  },
]
