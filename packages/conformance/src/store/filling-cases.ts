import {
  type AccountId,
  laneKey,
  type ProjectId,
  type QueueName,
  type RequestId,
} from '@halfrate/core'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { move, rejected, release, sending } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const OTHER_LANE = laneKey({ betas: ['output-300k'] })

/** Who may join a submission, sealing it, and taking it apart. */
export const fillingCases: readonly StoreCase[] = [
  {
    name: 'requests that may not share a batch do not join it',
    run: async (scene) => {
      const [ours] = await scene.enqueue('a')
      const [stranger] = await scene.enqueueRows([anIntakeRow({ key: 'b', lane: OTHER_LANE })])
      const others = [
        await scene.enqueueRows([anIntakeRow({ key: 'c' })], { account: 'second' as AccountId }),
        await scene.enqueueRows([anIntakeRow({ key: 'd' })], { queue: 'day' as QueueName }),
        await scene.enqueueRows([anIntakeRow({ key: 'e' })], { project: 'other' as ProjectId }),
      ].flat()
      const unknown = Number.MAX_SAFE_INTEGER as RequestId
      const batch = await scene.filling([stranger, ...others, unknown, ours])
      expect(batch.submission.requestCount).toBe(1)
      expect(await scene.attempts(ours)).toMatchObject([{ ordinal: 0 }])
      expect((await scene.request(stranger)).state).toBe('waiting')
    },
  },
  {
    name: 'canceled and superseded requests do not join a submission',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [a], reason: 'canceled' })
      const changed = anIntakeRow({ key: 'b', bodyText: '"messages":[]' })
      await scene.put([changed], { onConflict: 'supersede' })
      const batch = await scene.filling([a, b, c])
      expect(batch.submission.requestCount).toBe(1)
    },
  },
  {
    name: 'requests with a batch limit join only submissions with the same one',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const refused = await rejected(scene, [a])
      const to = { type: 'waiting', notBefore: 0, countAs: 'nothing', batchLimit: 5 } as const
      await release(scene, refused, move(0, { to }))
      expect((await scene.request(a)).batchLimit).toBe(5)
      const { project, queue } = scene
      const { groups } = await scene.store.queueFacts({ project, queue, upTo: 10 })
      const limits = groups.map((group) => `${group.batchLimit}: ${group.count}`)
      expect(limits.sort()).toEqual(['5: 1', 'null: 1'])
      const unlimited = await scene.filling([a, b])
      expect(unlimited.submission.requestCount).toBe(1)
      const small = await scene.filling([a], { batchLimit: 5 })
      expect(small.submission).toMatchObject({ requestCount: 1, batchLimit: 5 })
      const lane = laneKey({})
      const { account } = scene
      const read = { project, queue, account, lane, maxId: b, limit: 10 }
      expect(await scene.store.readWaiting({ ...read, batchLimit: 5 })).toEqual([])
    },
  },
  {
    name: 'a sealed submission is due at once and takes nobody in',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await scene.filling([a])
      const fence = await scene.queueFence()
      await scene.clock.advance(1_000)
      const sealed = await scene.store.sealSubmission({ fence, submissionId: batch.id })
      const now = scene.clock.now()
      expect(sealed).toMatchObject({ state: 'sealed', sealedAt: now, nextStepAt: now })
      const members = [{ requestId: b, holdNano: null }]
      const after = await scene.store.addMembers({ fence, submissionId: batch.id, members })
      expect(after).toEqual(sealed)
      expect(await scene.store.sealSubmission({ fence, submissionId: batch.id })).toEqual(sealed)
      expect((await scene.request(b)).state).toBe('waiting')
    },
  },
  {
    name: 'an empty submission is dissolved by sealing it',
    run: async (scene) => {
      await scene.enqueue('a')
      const batch = await scene.filling([])
      const fence = await scene.queueFence()
      const dissolved = await scene.store.sealSubmission({ fence, submissionId: batch.id })
      expect(dissolved).toMatchObject({ state: 'dissolved', nextStepAt: null, holdNano: 0 })
    },
  },
  {
    name: 'members of a dissolved submission wait again, and join the next one',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b')
      const batch = await scene.sealed(ids)
      const fence = await scene.fence(batch)
      expect(await scene.store.dissolve({ fence, submissionId: batch.id })).toEqual({ left: 0 })
      expect(await scene.submission(batch)).toMatchObject({
        state: 'dissolved',
        requestCount: 0,
        itemsBytes: 0,
        holdNano: 0,
        nextStepAt: null,
      })
      expect(await scene.request(ids[0])).toMatchObject({ state: 'waiting' })
      expect(await scene.attempts(ids[0])).toMatchObject([
        { withdrawn: true, releasedAt: scene.clock.now() },
      ])
      const next = await scene.sealed(ids)
      expect(await scene.submission(next)).toMatchObject({ requestCount: 2 })
      expect(await scene.attempts(ids[0])).toMatchObject([{ number: 1 }, { number: 2 }])
    },
  },
  {
    name: 'a filling submission is taken apart under the lease of its queue',
    run: async (scene) => {
      const batch = await scene.filling(await scene.enqueue('a'))
      const fence = await scene.queueFence()
      expect(await scene.store.dissolve({ fence, submissionId: batch.id })).toEqual({ left: 0 })
      expect((await scene.submission(batch)).state).toBe('dissolved')
      expect(await scene.store.dissolve({ fence, submissionId: batch.id })).toEqual({ left: 0 })
    },
  },
  {
    name: 'a large submission is taken apart by page',
    run: async (scene) => {
      const { pageLimit } = scene.store.traits
      const ids = await scene.enqueueMany(pageLimit + 1)
      const batch = await scene.sealed(ids)
      const fence = await scene.fence(batch)
      expect(await scene.store.dissolve({ fence, submissionId: batch.id })).toEqual({ left: 1 })
      expect(await scene.submission(batch)).toMatchObject({ state: 'sealed', requestCount: 1 })
      expect(await scene.store.dissolve({ fence, submissionId: batch.id })).toEqual({ left: 0 })
      expect((await scene.submission(batch)).state).toBe('dissolved')
    },
  },
  {
    name: 'what was sent is not taken apart',
    run: async (scene) => {
      const ids = await scene.enqueue('a')
      const batch = await sending(scene, ids)
      const fence = await scene.fence(batch)
      expect(await scene.store.dissolve({ fence, submissionId: batch.id })).toEqual({ left: 0 })
      expect((await scene.submission(batch)).state).toBe('sending')
      expect((await scene.request(ids[0])).state).toBe('assigned')
    },
  },
]
