import type { RemoteId, WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { aNonce } from '../builders/a-nonce.js'
import { aProviderError } from '../builders/a-provider-error.js'
import { anEndedBatch, aRemoteBatch } from '../builders/a-remote-batch.js'
import {
  accept,
  ambiguous,
  ended,
  learn,
  lost,
  move,
  rejected,
  release,
  running,
  runningBatch,
  sending,
} from './send-steps.js'
import type { StoreCase } from './store-case.js'

const HOUR_MS = 3_600_000
const error = aProviderError({ message: 'no answer' })

/** What becomes of a send. */
export const evidenceCases: readonly StoreCase[] = [
  {
    name: 'an accepted send has the batch that the provider named',
    run: async (scene) => {
      const batch = await sending(scene, await scene.enqueue('a'))
      await scene.clock.advance(2_000)
      const remote = runningBatch(batch)
      const result = await accept(scene, batch)
      expect(result.type).toBe('applied')
      expect(result.submission).toMatchObject({
        state: 'in_progress',
        remoteId: batch.remoteId,
        remoteStatus: 'in_progress',
        remoteCreatedAt: remote.createdAt,
        remoteExpiresAt: remote.expiresAt,
        remoteEndedAt: null,
        counts: remote.counts,
        endedAt: null,
        holdNano: 1_000_000,
        orphan: false,
        nextStepAt: scene.clock.now(),
      })
      expect(await scene.submission(batch)).toEqual(result.submission)
    },
  },
  {
    name: 'the same acceptance again changes nothing',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a'))
      const before = await scene.submission(batch)
      await scene.clock.advance(1_000)
      expect(await accept(scene, batch)).toEqual({ type: 'known', submission: before })
    },
  },
  {
    name: 'a batch that is found after it ended is ended',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const frozen = await sending(scene, [a])
      const unknown = await ambiguous(scene, [b])
      for (const batch of [frozen, unknown]) {
        const found = anEndedBatch({ succeeded: 1 }, { id: batch.remoteId })
        const result = await learn(scene, batch, { type: 'found', batch: found })
        expect(result.type).toBe('applied')
        expect(result.submission).toMatchObject({
          state: 'ended',
          orphan: false,
          remoteEndedAt: found.endedAt,
          endedAt: scene.clock.now(),
        })
      }
    },
  },
  {
    name: 'a refused send is rejected and frees its hold',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      for (const [id, type] of [
        [a, 'refused'],
        [b, 'not_sent'],
      ] as const) {
        const batch = await sending(scene, [id])
        const result = await learn(scene, batch, { type, error })
        expect(result.submission).toMatchObject({
          state: 'rejected',
          error,
          verdictAt: scene.clock.now(),
          holdNano: 0,
          remoteId: null,
          nextStepAt: scene.clock.now(),
        })
        expect((await scene.request(id)).state).toBe('assigned')
      }
    },
  },
  {
    name: 'an answer that was lost is looked for',
    run: async (scene) => {
      const batch = await sending(scene, await scene.enqueue('a'))
      const result = await learn(scene, batch, { type: 'ambiguous', error })
      expect(result.submission).toMatchObject({
        state: 'ambiguous',
        error,
        verdictAt: null,
        holdNano: 1_000_000,
        nextStepAt: scene.clock.now(),
      })
    },
  },
  {
    name: 'an acceptance wins over every other evidence, in any order',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const first = await running(scene, [a])
      for (const type of ['refused', 'not_sent', 'ambiguous'] as const) {
        expect(await learn(scene, first, { type, error })).toMatchObject({ type: 'known' })
      }
      const second = await ambiguous(scene, [b])
      expect(await accept(scene, second)).toMatchObject({ type: 'applied' })
      const third = await ambiguous(scene, [c])
      await learn(scene, third, { type: 'refused', error })
      expect(await accept(scene, third)).toMatchObject({ type: 'applied' })
      for (const batch of [first, second, third]) {
        expect((await scene.submission(batch)).state).toBe('in_progress')
      }
    },
  },
  {
    name: 'what was rejected stays rejected when no more is known',
    run: async (scene) => {
      const batch = await rejected(scene, await scene.enqueue('a'))
      const before = await scene.submission(batch)
      for (const type of ['ambiguous', 'refused', 'not_sent'] as const) {
        const again = await learn(scene, batch, { type, error })
        expect(again).toEqual({ type: 'known', submission: before })
      }
    },
  },
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
    name: 'evidence is taken from a worker that lost its lease',
    run: async (scene) => {
      const batch = await sending(scene, await scene.enqueue('a'))
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      expect(await accept(scene, batch)).toMatchObject({ type: 'applied' })
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
  {
    name: 'evidence of what ended already changes nothing',
    run: async (scene) => {
      const batch = await ended(scene, await scene.enqueue('a'))
      const before = await scene.submission(batch)
      expect(await accept(scene, batch)).toEqual({ type: 'known', submission: before })
    },
  },
]
