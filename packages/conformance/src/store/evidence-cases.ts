import type { WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { aProviderError } from '../builders/a-provider-error.js'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import {
  accept,
  ambiguous,
  ended,
  learn,
  rejected,
  running,
  runningBatch,
  sending,
} from './send-steps.js'
import type { StoreCase } from './store-case.js'

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
    name: 'evidence is taken from a worker that lost its lease',
    run: async (scene) => {
      const batch = await sending(scene, await scene.enqueue('a'))
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      expect(await accept(scene, batch)).toMatchObject({ type: 'applied' })
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
