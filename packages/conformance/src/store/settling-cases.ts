import type { ProjectId, RequestId, Verdict } from '@halfrate/core'
import { expect } from 'vitest'
import { aLine, anError, aSuccess, SOME_USAGE, SUCCEEDED } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import {
  ambiguous,
  beginSend,
  ended,
  lost,
  move,
  release,
  scan,
  sending,
  settle,
} from './send-steps.js'
import type { StoreCase } from './store-case.js'

const CUT_OFF: Verdict = { status: 'failed', reason: 'cut_off', detail: 'max_tokens' }

/** Booking result lines. */
export const settlingCases: readonly StoreCase[] = [
  {
    name: 'a success ends its request at once, with its result and its cost',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await scene.clock.advance(1_000)
      const line = aSuccess(id, { text: '{"custom_id":"x","result":{}}' })
      expect(await settle(scene, batch, line)).toEqual({
        fresh: 1,
        duplicates: 0,
        priced: 0,
        done: 1,
        unknown: [],
        conflicts: [],
      })
      const now = scene.clock.now()
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        verdict: SUCCEEDED,
        result: { submissionId: batch.id, ordinal: 0 },
        doneAt: now,
      })
      const [attempt] = await scene.attempts(id)
      expect(attempt).toMatchObject({
        outcome: 'succeeded',
        usability: 'usable',
        errorType: null,
        usage: SOME_USAGE,
        costNano: 150_000,
        realtimeNano: 300_000,
        settledAt: now,
        releasedAt: now,
        waste: false,
      })
      expect(attempt?.resultId).not.toBeNull()
    },
  },
  {
    name: 'the same line again is a duplicate, also in the same page',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b')
      const batch = await ended(scene, ids)
      const [a, b] = [aSuccess(ids[0]), aSuccess(ids[1])]
      expect(await settle(scene, batch, a, a, b)).toMatchObject({
        fresh: 2,
        duplicates: 1,
        priced: 0,
        done: 2,
      })
      await scene.clock.advance(1_000)
      const before = await scene.life(ids[0])
      expect(await settle(scene, batch, b, a)).toEqual({
        fresh: 0,
        duplicates: 2,
        priced: 0,
        done: 0,
        unknown: [],
        conflicts: [],
      })
      expect(await scene.life(ids[0])).toEqual(before)
    },
  },
  {
    name: 'a line that contradicts the recorded one is told and not booked',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b])
      await settle(scene, batch, aSuccess(a), anError(b))
      const before = [await scene.life(a), await scene.life(b)]
      const result = await settle(
        scene,
        batch,
        aSuccess(a, { text: 'another answer' }),
        anError(b, { text: 'another error' }),
        anError(a),
      )
      expect(result).toMatchObject({ fresh: 0, duplicates: 0, conflicts: [0, 1, 2] })
      expect([await scene.life(a), await scene.life(b)]).toEqual(before)
    },
  },
  {
    name: 'every other outcome is only noted until the end is proven',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await ended(scene, [a, b, c], { errored: 1, expired: 1, canceled: 1 })
      const result = await settle(
        scene,
        batch,
        anError(a),
        aLine(b, { outcome: 'expired' }),
        aLine(c, { outcome: 'canceled' }),
      )
      expect(result).toMatchObject({ fresh: 3, done: 0 })
      expect(await scene.request(a)).toMatchObject({ state: 'assigned', verdict: null })
      expect(await scene.attempts(a)).toMatchObject([
        { outcome: 'errored', errorType: 'api_error', releasedAt: null, costNano: null },
      ])
      expect(await scene.attempts(b)).toMatchObject([{ outcome: 'expired', usage: null }])
    },
  },
  {
    name: 'a success that stands later in the file replaces another outcome',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await settle(scene, batch, anError(id))
      expect(await settle(scene, batch, aSuccess(id))).toMatchObject({ fresh: 1, done: 1 })
      expect(await scene.attempts(id)).toMatchObject([{ outcome: 'succeeded', errorType: null }])
      expect(await settle(scene, batch, anError(id))).toMatchObject({ conflicts: [0] })
    },
  },
  {
    name: 'once a member was let go for its outcome, no success replaces it',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id], { errored: 1 })
      await settle(scene, batch, anError(id))
      await release(scene, batch, move(0, { outcome: 'errored' }))
      expect(await settle(scene, batch, aSuccess(id))).toMatchObject({ conflicts: [0] })
      expect((await scene.request(id)).state).toBe('waiting')
    },
  },
  {
    name: 'lines of requests that are not in the batch are told by their index',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const [stranger] = await scene.enqueueRows([anIntakeRow({ key: 'd' })], {
        project: 'other' as ProjectId,
      })
      const batch = await ended(scene, [a])
      const nobody = Number.MAX_SAFE_INTEGER as RequestId
      const lines = [b, a, stranger, nobody, c].map((id) => aSuccess(id))
      expect(await settle(scene, batch, ...lines)).toMatchObject({
        fresh: 1,
        done: 1,
        unknown: [0, 2, 3, 4],
      })
      expect((await scene.request(b)).state).toBe('waiting')
    },
  },
  {
    name: 'a line of what was never on the wire is unknown',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await scene.sealed([a, b])
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [a], reason: 'canceled' })
      const lines = [aSuccess(a), aSuccess(b)]
      expect(await settle(scene, batch, ...lines)).toMatchObject({ fresh: 0, unknown: [0, 1] })
      await beginSend(scene, batch)
      expect(await settle(scene, batch, ...lines)).toMatchObject({ fresh: 1, unknown: [0] })
    },
  },
  {
    name: 'a success that is not usable and will be tried again takes effect at close',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      const noted = aSuccess(id, { usability: 'cut_off', verdict: null })
      expect(await settle(scene, batch, noted)).toMatchObject({ fresh: 1, done: 0 })
      expect(await scene.request(id)).toMatchObject({ state: 'assigned', verdict: null })
      const to = { type: 'waiting', notBefore: 0, countAs: 'failure', batchLimit: null } as const
      await release(scene, batch, move(0, { outcome: 'succeeded', to }))
      expect(await scene.request(id)).toMatchObject({ state: 'waiting', failureCount: 1 })
    },
  },
  {
    name: 'a success that would be tried again fails its request when it comes after its attempt was let go',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const first = await lost(scene, [id])
      await release(scene, first, move(0, { outcome: null }))
      const second = await ambiguous(scene, [id])
      const late = aSuccess(id, { usability: 'cut_off', verdict: null, lateVerdict: CUT_OFF })
      expect(await settle(scene, first, late)).toMatchObject({ fresh: 1, done: 0 })
      expect(await scene.request(id)).toMatchObject({ state: 'assigned' })
      await scan(scene, second, { lost: { possiblyPaid: true } })
      await release(scene, second, move(0, { outcome: null }))
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        verdict: CUT_OFF,
        result: { submissionId: first.id, ordinal: 0 },
      })
    },
  },
  {
    name: 'a success without a retry left fails its request, and its result is kept',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await settle(scene, batch, aSuccess(id, { usability: 'cut_off', verdict: CUT_OFF }))
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        verdict: CUT_OFF,
        result: { submissionId: batch.id, ordinal: 0 },
      })
    },
  },
  {
    name: 'of two paid successes of one body the one that ended the request is no waste',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const first = await ended(scene, [id])
      await settle(scene, first, aSuccess(id, { usability: 'empty', verdict: null, text: '1' }))
      await release(scene, first, move(0, { outcome: 'succeeded' }))
      const second = await ended(scene, [id])
      await settle(scene, second, aSuccess(id, { usability: 'empty', verdict: null, text: '2' }))
      expect(await scene.attempts(id)).toMatchObject([{ waste: false }, { waste: true }])
      await release(scene, second, move(0, { outcome: 'succeeded' }))
      const third = await ended(scene, [id])
      await settle(scene, third, aSuccess(id, { text: '3' }))
      expect(await scene.attempts(id)).toMatchObject([
        { waste: true },
        { waste: true },
        { waste: false, number: 3 },
      ])
    },
  },
  {
    name: 'an unknown price is null, and a price of nothing is 0',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b])
      const free = { costNano: 0 as never, realtimeNano: 0 as never }
      await settle(
        scene,
        batch,
        aSuccess(a, { costNano: null, realtimeNano: null }),
        aSuccess(b, free),
      )
      expect(await scene.attempts(a)).toMatchObject([{ costNano: null, realtimeNano: null }])
      expect(await scene.attempts(b)).toMatchObject([{ costNano: 0, realtimeNano: 0 }])
    },
  },
  {
    name: 'lines need no lease, and are booked also while the batch still runs',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await sending(scene, [id])
      await scene.store.release({ fence: await scene.fence(batch) })
      expect(await settle(scene, batch, aSuccess(id))).toMatchObject({ done: 1 })
    },
  },
]
