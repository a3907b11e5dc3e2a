import { HOUR_MS, LeaseLostError, type RequestId, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { aSuccess } from '../builders/a-result-line.js'
import type { Batch, Scene } from './scene.js'
import { accept, beginSend, end, ended, learn, lost, move, release, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

async function mark(scene: Scene, batch: Batch): Promise<number> {
  const fence = await scene.fence(batch)
  return (await scene.store.markPossiblyPaid({ fence, submissionId: batch.id })).marked
}

/** A batch that was given up, whose first request is in no other since, and which came back. */
async function orphaned(scene: Scene, requests: readonly RequestId[]): Promise<Batch> {
  const batch = await lost(scene, requests)
  await release(scene, batch, ...requests.map((_, ordinal) => move(ordinal)))
  const found = anEndedBatch({ succeeded: requests.length }, { id: batch.remoteId })
  await scene.clock.advance(30 * HOUR_MS)
  await learn(scene, batch, { type: 'found', batch: found })
  return batch
}

async function close(scene: Scene, batch: Batch): Promise<void> {
  const fence = await scene.fence(batch)
  const closed = await scene.store.closeSubmission({ fence, submissionId: batch.id })
  expect(closed?.state).toBe('collected')
}

/** Booking as possibly paid what nobody can read any more. */
export const doubtCases: readonly StoreCase[] = [
  {
    name: 'what was let go before its batch came back is booked as possibly paid when its results can not be had',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await orphaned(scene, [a, b, c])
      await settle(scene, batch, aSuccess(b))
      expect(await mark(scene, batch)).toBe(2)
      for (const [id, possiblyPaid] of [
        [a, true],
        [b, false],
        [c, true],
      ] as const) {
        expect(await scene.attempts(id)).toMatchObject([{ possiblyPaid }])
      }
      expect(await mark(scene, batch)).toBe(0)
      const { money } = await scene.store.report({ scope: { project: scene.project } })
      expect(money.possiblyPaidAttempts).toBe(2)
      await close(scene, batch)
      await settle(scene, batch, aSuccess(c))
      expect(await scene.attempts(c)).toMatchObject([{ outcome: 'succeeded', possiblyPaid: false }])
    },
  },
  {
    name: 'members that are open still are booked as possibly paid where they are, and who was withdrawn is not',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const sealed = await scene.sealed([a, b])
      await scene.store.cancel({ project: scene.project, requestIds: [b], reason: 'canceled' })
      await beginSend(scene, sealed)
      await accept(scene, sealed)
      expect(await mark(scene, sealed)).toBe(0)
      await end(scene, sealed, { succeeded: 1 })
      expect(await mark(scene, sealed)).toBe(1)
      expect(await scene.attempts(a)).toMatchObject([{ possiblyPaid: true, releasedAt: null }])
      expect(await scene.attempts(b)).toMatchObject([{ possiblyPaid: false, withdrawn: true }])
      await settle(scene, sealed, aSuccess(a))
      expect(await scene.attempts(a)).toMatchObject([{ possiblyPaid: false }])
      await close(scene, sealed)
      expect(await mark(scene, sealed)).toBe(0)
    },
  },
  {
    name: 'a worker that lost the submission books nothing of it as possibly paid',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      const fence = await scene.fence(batch)
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      const late = scene.store.markPossiblyPaid({ fence, submissionId: batch.id })
      await expect(late).rejects.toBeInstanceOf(LeaseLostError)
      expect(await scene.attempts(id)).toMatchObject([{ possiblyPaid: false }])
    },
  },
]
