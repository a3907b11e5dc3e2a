import type { RemoteId } from '@halfrate/core'
import { expect } from 'vitest'
import { aNonce } from '../builders/a-nonce.js'
import { anEndedBatch, aRemoteBatch } from '../builders/a-remote-batch.js'
import {
  accept,
  ambiguous,
  learn,
  lost,
  move,
  rejected,
  release,
  running,
  runningBatch,
} from './send-steps.js'
import type { StoreCase } from './store-case.js'

const HOUR_MS = 3_600_000

/** Batches that turn up: late, twice, and of whom. */
export const foundCases: readonly StoreCase[] = [
  {
    name: 'a lost or rejected submission whose batch turns up is an orphan that takes its members back',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      for (const batch of [await lost(scene, [a]), await rejected(scene, [b])]) {
        const { submission } = await learn(scene, batch, {
          type: 'found',
          batch: runningBatch(batch),
        })
        expect(submission).toMatchObject({
          state: 'in_progress',
          orphan: true,
          reclaimPending: true,
          holdNano: 0,
          nextStepAt: scene.clock.now(),
        })
        await scene.store.reclaimMembers({
          fence: await scene.fence(batch),
          submissionId: batch.id,
        })
      }
    },
  },
  {
    name: 'a batch that turns up more than 26 hours after its last possible byte takes nobody back',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const batch = await lost(scene, [a])
      await release(scene, batch, move(0))
      await scene.clock.advance(27 * HOUR_MS)
      const found = anEndedBatch({ succeeded: 1 }, { id: batch.remoteId })
      const { submission } = await learn(scene, batch, { type: 'found', batch: found })
      expect(submission).toMatchObject({ state: 'ended', orphan: true, reclaimPending: false })
      expect((await scene.request(a)).state).toBe('waiting')
    },
  },
  {
    name: 'a second batch of the same bytes gets a submission of its own',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a', 'b'))
      const original = await scene.submission(batch)
      await scene.clock.advance(1_000)
      const second = anEndedBatch({ succeeded: 2 }, { id: 'msgbatch_twin' as RemoteId })
      const { type, submission } = await learn(scene, batch, { type: 'found', batch: second })
      expect(type).toBe('twin')
      expect(submission).toMatchObject({
        nonce: batch.nonce,
        twinOf: batch.id,
        state: 'ended',
        remoteId: second.id,
        requestCount: 2,
        counts: second.counts,
        holdNano: 0,
        orphan: false,
        reclaimPending: false,
        endedAt: scene.clock.now(),
        nextStepAt: scene.clock.now(),
        project: scene.project,
        queue: scene.queue,
        sendStartedAt: original.sendStartedAt,
      })
      expect(submission?.id).not.toBe(batch.id)
      expect(await scene.submission(batch)).toEqual(original)
      const again = await learn(scene, batch, { type: 'found', batch: second })
      expect(again).toEqual({ type: 'known', submission })
      const counted = await scene.store.countAttempts({
        submissionId: submission?.id ?? batch.id,
      })
      expect(counted.total).toBe(0)
    },
  },
  {
    name: 'a nonce that no submission has is unknown',
    run: async (scene) => {
      const { account } = scene
      const evidence = { type: 'found', batch: aRemoteBatch() } as const
      const unknown = { type: 'unknown_nonce', submission: null }
      const nonce = aNonce(77)
      expect(await scene.store.recordEvidence({ account, nonce, evidence })).toEqual(unknown)
    },
  },
  {
    name: 'a batch of a submission that was never sent shows that the store is older than it',
    run: async (scene) => {
      const batch = await scene.sealed(await scene.enqueue('a'))
      const before = await scene.submission(batch)
      const result = await learn(scene, batch, { type: 'found', batch: aRemoteBatch() })
      expect(result).toEqual({ type: 'unknown_nonce', submission: before })
      expect(await scene.submission(batch)).toEqual(before)
    },
  },
  {
    name: 'a batch that was taken for a stranger is ours once its nonce says so',
    run: async (scene) => {
      const batch = await ambiguous(scene, await scene.enqueue('a'))
      const { account } = scene
      const remoteIds = [batch.remoteId]
      expect(await scene.store.markForeign({ account, remoteIds })).toEqual({ marked: 1 })
      await accept(scene, batch)
      const known = await scene.store.knownBatches({ account, remoteIds })
      expect([...known.ours]).toEqual(remoteIds)
      expect(known.foreign.size).toBe(0)
    },
  },
  {
    name: 'one batch belongs to one submission, whatever another nonce claims',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const first = await running(scene, [a])
      const second = await ambiguous(scene, [b])
      const claimed = await learn(scene, second, { type: 'found', batch: runningBatch(first) })
      expect(claimed).toMatchObject({ type: 'known', submission: { id: first.id } })
      expect(await scene.submission(second)).toMatchObject({ state: 'ambiguous', remoteId: null })
    },
  },
]
