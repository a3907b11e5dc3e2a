import { LeaseLostError, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { aSuccess } from '../builders/a-result-line.js'
import type { Batch, Scene } from './scene.js'
import { accept, learn, lost, move, rejected, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

async function find(scene: Scene, batch: Batch): Promise<void> {
  const found = anEndedBatch({ succeeded: batch.requests.length }, { id: batch.remoteId })
  await learn(scene, batch, { type: 'found', batch: found })
}

async function reclaim(scene: Scene, batch: Batch): Promise<number> {
  const fence = await scene.fence(batch)
  const { left } = await scene.store.reclaimMembers({ fence, submissionId: batch.id })
  return left
}

/** Taking members back into a batch that turned up. */
export const reclaimingCases: readonly StoreCase[] = [
  {
    name: 'members that wait are assigned to it again',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await lost(scene, [id])
      await release(scene, batch, move(0))
      await find(scene, batch)
      expect(await reclaim(scene, batch)).toBe(0)
      expect(await scene.request(id)).toMatchObject({ state: 'assigned', attemptCount: 1 })
      expect(await scene.attempts(id)).toMatchObject([{ releasedAt: null, withdrawn: false }])
      expect((await scene.submission(batch)).reclaimPending).toBe(false)
      expect(await scene.store.countAttempts({ submissionId: batch.id })).toMatchObject({ live: 1 })
    },
  },
  {
    name: 'members in a filling or sealed submission leave it first',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await lost(scene, [a, b])
      await release(scene, batch, move(0), move(1))
      const filling = await scene.filling([a, c])
      const sealed = await scene.sealed([b])
      await find(scene, batch)
      await reclaim(scene, batch)
      expect(await scene.submission(filling)).toMatchObject({
        state: 'filling',
        requestCount: 1,
        holdNano: 1_000_000,
      })
      expect(await scene.submission(sealed)).toMatchObject({
        requestCount: 0,
        itemsBytes: 0,
        holdNano: 0,
      })
      for (const id of [a, b]) {
        expect((await scene.request(id)).state).toBe('assigned')
        expect(await scene.attempts(id)).toMatchObject([
          { releasedAt: null, withdrawn: false },
          { releasedAt: scene.clock.now(), withdrawn: true },
        ])
      }
    },
  },
  {
    name: 'members that are being sent again run twice',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await lost(scene, [id])
      await release(scene, batch, move(0))
      const second = await running(scene, [id])
      await find(scene, batch)
      expect(await reclaim(scene, batch)).toBe(0)
      expect(await scene.attempts(id)).toMatchObject([
        { submissionId: batch.id, releasedAt: null },
        { submissionId: second.id, releasedAt: null },
      ])
      expect((await scene.request(id)).state).toBe('assigned')
    },
  },
  {
    name: 'members whose request is done stay as they are',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await lost(scene, [a, b])
      await release(scene, batch, move(0), move(1))
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [a], reason: 'canceled' })
      await find(scene, batch)
      expect(await reclaim(scene, batch)).toBe(0)
      expect((await scene.request(a)).verdict?.status).toBe('canceled')
      expect(await scene.store.countAttempts({ submissionId: batch.id })).toMatchObject({ live: 1 })
    },
  },
  {
    name: 'members are taken back by page, and the queue waits for the last one',
    run: async (scene) => {
      const { pageLimit } = scene.store.traits
      const ids = await scene.enqueueMany(pageLimit + 1)
      const batch = await lost(scene, ids)
      const moves = ids.map((_, ordinal) => move(ordinal))
      await release(scene, batch, ...moves.slice(0, pageLimit))
      await release(scene, batch, ...moves.slice(pageLimit))
      await find(scene, batch)
      expect(await reclaim(scene, batch)).toBe(1)
      expect((await scene.submission(batch)).reclaimPending).toBe(true)
      expect(await reclaim(scene, batch)).toBe(0)
      expect((await scene.submission(batch)).reclaimPending).toBe(false)
    },
  },
  {
    name: 'a submission that did not come back has nobody to take back',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await running(scene, [id])
      const before = await scene.submission(batch)
      expect(await reclaim(scene, batch)).toBe(0)
      expect(await scene.submission(batch)).toEqual(before)
    },
  },
  {
    name: 'a rejected submission whose batch turns up is collected to its end',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await rejected(scene, [a, b])
      await release(scene, batch, move(0))
      await accept(scene, batch)
      await reclaim(scene, batch)
      const now = scene.clock.now()
      const ended = anEndedBatch({ succeeded: 2 }, { id: batch.remoteId })
      const poll = { submissionId: batch.id, askedAt: now, batch: ended, nextStepAt: now }
      expect(await scene.store.recordPoll(poll)).toMatchObject({ state: 'ended', orphan: true })
      expect(await settle(scene, batch, aSuccess(a), aSuccess(b))).toMatchObject({ done: 2 })
      const fence = await scene.fence(batch)
      const closed = await scene.store.closeSubmission({ fence, submissionId: batch.id })
      expect(closed).toMatchObject({ state: 'collected', orphan: true, holdNano: 0 })
    },
  },
  {
    name: 'a worker that lost the submission takes nobody back',
    run: async (scene) => {
      const batch = await lost(scene, await scene.enqueue('a'))
      await scene.clock.advance(3_600_000)
      await find(scene, batch)
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      await expect(reclaim(scene, batch)).rejects.toBeInstanceOf(LeaseLostError)
    },
  },
]
