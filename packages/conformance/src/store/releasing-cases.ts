import { LeaseLostError, type Verdict, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { aLine, anError, aSuccess } from '../builders/a-result-line.js'
import { ended, learn, lost, move, rejected, release, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const ERRORED: Verdict = { status: 'failed', reason: 'errored', detail: 'invalid_request_error' }
const CANCELED: Verdict = { status: 'canceled', reason: 'canceled', detail: null }

/** Letting members go. */
export const releasingCases: readonly StoreCase[] = [
  {
    name: 'a member that is let go waits again, from an instant on and with a smaller batch',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { expired: 2 })
      await settle(scene, batch, aLine(a, { outcome: 'expired' }), aLine(b, { outcome: 'expired' }))
      const notBefore = scene.clock.now() + 60_000
      const to = { type: 'waiting', notBefore, countAs: 'expiry', batchLimit: 10 } as const
      const result = await release(scene, batch, move(0, { outcome: 'expired', to }))
      expect(result).toEqual({ released: 1, waiting: 1, done: 0, skipped: 0 })
      expect(await scene.request(a)).toMatchObject({
        state: 'waiting',
        notBefore,
        batchLimit: 10,
        expiryCount: 1,
        failureCount: 0,
        attemptCount: 1,
      })
      expect(await scene.attempts(a)).toMatchObject([{ releasedAt: scene.clock.now() }])
      expect((await scene.request(b)).state).toBe('assigned')
    },
  },
  {
    name: 'a batch limit that is not named stays as it was',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const to = { type: 'waiting', notBefore: 0, countAs: 'failure', batchLimit: 10 } as const
      await release(scene, await rejected(scene, [id]), move(0, { to }))
      const small = await scene.sealed([id], { batchLimit: 10 })
      await scene.store.dissolve({ fence: await scene.fence(small), submissionId: small.id })
      expect(await scene.request(id)).toMatchObject({ batchLimit: 10, failureCount: 1 })
    },
  },
  {
    name: 'a member that is let go for good ends its request',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id], { errored: 1 })
      await settle(scene, batch, anError(id))
      const to = { type: 'done', verdict: ERRORED } as const
      const result = await release(scene, batch, move(0, { outcome: 'errored', to }))
      expect(result).toEqual({ released: 1, waiting: 0, done: 1, skipped: 0 })
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        verdict: ERRORED,
        doneAt: scene.clock.now(),
        result: { submissionId: batch.id, ordinal: 0 },
      })
    },
  },
  {
    name: 'a decision on an outcome that changed since is skipped',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b])
      await settle(scene, batch, aSuccess(a))
      const result = await release(scene, batch, move(0), move(1), move(7))
      expect(result).toEqual({ released: 1, waiting: 1, done: 0, skipped: 2 })
      expect((await scene.request(a)).verdict?.status).toBe('succeeded')
    },
  },
  {
    name: 'a decision on an outcome that was replaced since is skipped',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await settle(scene, batch, anError(id))
      await settle(scene, batch, aSuccess(id, { usability: 'empty', verdict: null }))
      const result = await release(scene, batch, move(0, { outcome: 'errored' }))
      expect(result).toEqual({ released: 0, waiting: 0, done: 0, skipped: 1 })
      expect(await scene.attempts(id)).toMatchObject([{ outcome: 'succeeded', releasedAt: null }])
    },
  },
  {
    name: 'a release that was decided in another state is skipped whole',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await lost(scene, [id])
      const result = await scene.store.releaseMembers({
        fence: await scene.fence(batch),
        submissionId: batch.id,
        state: 'rejected',
        remoteId: null,
        moves: [move(0)],
      })
      expect(result).toEqual({ released: 0, waiting: 0, done: 0, skipped: 1 })
      expect((await scene.request(id)).state).toBe('assigned')
    },
  },
  {
    name: 'letting a member go twice does nothing the second time',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await rejected(scene, [id])
      const to = { type: 'waiting', notBefore: 0, countAs: 'failure', batchLimit: null } as const
      await release(scene, batch, move(0, { to }))
      const before = await scene.life(id)
      expect(await release(scene, batch, move(0, { to }))).toMatchObject({ skipped: 1 })
      expect(await scene.life(id)).toEqual(before)
    },
  },
  {
    name: 'evidence between two pages of a release stops it, and takes back who was let go',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await lost(scene, [a, b])
      const fence = await scene.fence(batch)
      const decided = { fence, submissionId: batch.id, state: 'lost', remoteId: null } as const
      await scene.store.releaseMembers({ ...decided, moves: [move(0)] })
      const found = anEndedBatch({ succeeded: 2 }, { id: batch.remoteId })
      await learn(scene, batch, { type: 'found', batch: found })
      const late = await scene.store.releaseMembers({ ...decided, moves: [move(1)] })
      expect(late).toEqual({ released: 0, waiting: 0, done: 0, skipped: 1 })
      expect((await scene.request(b)).state).toBe('assigned')
      expect(await scene.store.reclaimMembers({ fence, submissionId: batch.id })).toEqual({
        left: 0,
      })
      expect(await scene.request(a)).toMatchObject({ state: 'assigned' })
      expect(await scene.attempts(a)).toMatchObject([{ releasedAt: null }])
      await settle(scene, batch, aSuccess(a), aSuccess(b))
      const closed = await scene.store.closeSubmission({ fence, submissionId: batch.id })
      expect(closed?.state).toBe('collected')
    },
  },
  {
    name: 'a release that was decided on another batch id is skipped whole',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      const fence = await scene.fence(batch)
      const decided = { fence, submissionId: batch.id, state: 'ended' } as const
      const result = await scene.store.releaseMembers({
        ...decided,
        remoteId: null,
        moves: [move(0)],
      })
      expect(result).toEqual({ released: 0, waiting: 0, done: 0, skipped: 1 })
      expect((await scene.request(id)).state).toBe('assigned')
    },
  },
  {
    name: 'a cancel between the decision and the release wins',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { errored: 2 })
      await settle(scene, batch, anError(a), anError(b))
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [a, b], reason: 'canceled' })
      const moves = [
        move(0, { outcome: 'errored' }),
        move(1, { outcome: 'errored', to: { type: 'done', verdict: ERRORED } }),
      ]
      const result = await release(scene, batch, ...moves)
      expect(result).toEqual({ released: 2, waiting: 0, done: 2, skipped: 0 })
      expect((await scene.request(a)).verdict).toEqual(CANCELED)
      expect((await scene.request(b)).verdict).toEqual(CANCELED)
    },
  },
  {
    name: 'what may have been paid is kept with the attempt',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await lost(scene, [id])
      const verdict: Verdict = { status: 'failed', reason: 'possibly_paid', detail: null }
      await release(scene, batch, move(0, { possiblyPaid: true, to: { type: 'done', verdict } }))
      expect(await scene.attempts(id)).toMatchObject([
        { possiblyPaid: true, holdNano: 1_000_000, outcome: null, costNano: null },
      ])
      expect(await scene.request(id)).toMatchObject({ verdict, result: null })
    },
  },
  {
    name: 'a refused or lost submission has no next step once its last member is let go',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await rejected(scene, [a, b])
      await release(scene, batch, move(0))
      expect((await scene.submission(batch)).nextStepAt).not.toBeNull()
      await release(scene, batch, move(1))
      expect(await scene.submission(batch)).toMatchObject({ state: 'rejected', nextStepAt: null })
      const gone = await lost(scene, [c])
      await release(scene, gone, move(0))
      expect(await scene.submission(gone)).toMatchObject({ state: 'lost', nextStepAt: null })
    },
  },
  {
    name: 'an ended submission keeps its next step when its last member is let go',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id], { errored: 1 })
      await settle(scene, batch, anError(id))
      await release(scene, batch, move(0, { outcome: 'errored' }))
      expect((await scene.submission(batch)).nextStepAt).not.toBeNull()
    },
  },
  {
    name: 'a worker that lost the submission lets nobody go',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await rejected(scene, [id])
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      await expect(release(scene, batch, move(0))).rejects.toBeInstanceOf(LeaseLostError)
      expect((await scene.request(id)).state).toBe('assigned')
    },
  },
]
