import { LeaseLostError, type Submission, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import type { Batch, Scene } from './scene.js'
import { end, ended, learn, lost, move, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

async function close(scene: Scene, batch: Batch): Promise<Submission | null> {
  const fence = await scene.fence(batch)
  return scene.store.closeSubmission({ fence, submissionId: batch.id })
}

/** Ending a submission. */
export const closingCases: readonly StoreCase[] = [
  {
    name: 'a submission is not closed while a member is open',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { succeeded: 1, errored: 1 })
      await settle(scene, batch, aSuccess(a), anError(b))
      expect(await close(scene, batch)).toBeNull()
      expect((await scene.submission(batch)).state).toBe('ended')
      await release(scene, batch, move(1, { outcome: 'errored' }))
      expect((await close(scene, batch))?.state).toBe('collected')
    },
  },
  {
    name: 'a closed submission holds nothing and has no next step',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await settle(scene, batch, aSuccess(id))
      await scene.clock.advance(1_000)
      const closed = await close(scene, batch)
      expect(closed).toMatchObject({
        state: 'collected',
        collectedAt: scene.clock.now(),
        holdNano: 0,
        nextStepAt: null,
        requestCount: 1,
      })
      await scene.clock.advance(1_000)
      expect(await close(scene, batch)).toEqual(closed)
      expect(await scene.submission(batch)).toEqual(closed)
      expect((await scene.claim('submissions', 'worker-2' as WorkerId)).leases).toEqual([])
    },
  },
  {
    name: 'a batch that runs still is not closed',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await running(scene, [id])
      await settle(scene, batch, aSuccess(id))
      expect(await close(scene, batch)).toBeNull()
      await end(scene, batch, { succeeded: 1 })
      expect((await close(scene, batch))?.state).toBe('collected')
    },
  },
  {
    name: 'a batch that came back is not closed before its members were taken back',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await lost(scene, [id])
      await release(scene, batch, move(0))
      const found = anEndedBatch({ succeeded: 1 }, { id: batch.remoteId })
      await learn(scene, batch, { type: 'found', batch: found })
      expect(await close(scene, batch)).toBeNull()
      const fence = await scene.fence(batch)
      await scene.store.reclaimMembers({ fence, submissionId: batch.id })
      await settle(scene, batch, aSuccess(id))
      expect((await close(scene, batch))?.state).toBe('collected')
    },
  },
  {
    name: 'what is noted about a closed submission gives it no next step again',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await settle(scene, batch, aSuccess(id))
      const closed = await close(scene, batch)
      const fence = await scene.fence(batch)
      const nextStepAt = scene.clock.now()
      const note = { fence, submissionId: batch.id, nextStepAt }
      expect(await scene.store.noteSubmission(note)).toEqual(closed)
      expect(await end(scene, batch, { succeeded: 1 })).toEqual(closed)
    },
  },
  {
    name: 'a line that comes after the close is still booked',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b])
      await settle(scene, batch, aSuccess(a))
      const verdict = { status: 'failed', reason: 'result_lost', detail: null } as const
      await release(scene, batch, move(1, { possiblyPaid: true, to: { type: 'done', verdict } }))
      expect((await close(scene, batch))?.state).toBe('collected')
      expect(await settle(scene, batch, aSuccess(b))).toMatchObject({ fresh: 1, done: 0 })
      expect(await scene.attempts(b)).toMatchObject([
        { outcome: 'succeeded', costNano: 150_000, possiblyPaid: false },
      ])
      expect((await scene.request(b)).verdict).toEqual(verdict)
    },
  },
  {
    name: 'a worker that lost the submission does not close it',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await settle(scene, batch, aSuccess(id))
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      await expect(close(scene, batch)).rejects.toBeInstanceOf(LeaseLostError)
    },
  },
]
