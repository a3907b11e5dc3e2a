import type { ProjectId, RequestId } from '@halfrate/core'
import { expect } from 'vitest'
import { aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Scene } from './scene.js'
import { end, running, runningBatch, sending, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

function cancel(
  scene: Scene,
  ...requestIds: readonly RequestId[]
): ReturnType<Scene['store']['cancel']> {
  return scene.store.cancel({ project: scene.project, requestIds, reason: 'canceled' })
}

/** Canceling requests, wherever they are. */
export const cancelCases: readonly StoreCase[] = [
  {
    name: 'a waiting request is canceled at once',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      expect(await cancel(scene, id)).toEqual({ canceled: 1, withdrawn: 0, flagged: 0 })
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        verdict: { status: 'canceled', reason: 'canceled', detail: null },
        doneAt: scene.clock.now(),
        result: null,
      })
      expect((await scene.claim('queues')).leases).toEqual([])
    },
  },
  {
    name: 'a request in a filling or sealed submission leaves it',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const filling = await scene.filling([a])
      const sealed = await scene.sealed([b, c])
      expect(await cancel(scene, a, b)).toEqual({ canceled: 0, withdrawn: 2, flagged: 0 })
      expect(await scene.submission(filling)).toMatchObject({
        requestCount: 0,
        itemsBytes: 0,
        holdNano: 0,
      })
      expect(await scene.submission(sealed)).toMatchObject({
        state: 'sealed',
        requestCount: 1,
        itemsBytes: anIntakeRow({ key: 'c' }).itemBytes,
        holdNano: 1_000_000,
      })
      expect(await scene.request(b)).toMatchObject({ state: 'done' })
      expect(await scene.attempts(b)).toMatchObject([
        { withdrawn: true, releasedAt: scene.clock.now(), ordinal: 0 },
      ])
    },
  },
  {
    name: 'a request that was sent is flagged, and a paid success is still kept',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await running(scene, [id])
      await scene.clock.advance(1_000)
      expect(await cancel(scene, id)).toEqual({ canceled: 0, withdrawn: 0, flagged: 1 })
      expect(await scene.request(id)).toMatchObject({
        state: 'assigned',
        cancelRequestedAt: scene.clock.now(),
        verdict: null,
      })
      await end(scene, batch, { succeeded: 1 })
      await settle(scene, batch, aSuccess(id))
      expect((await scene.request(id)).verdict?.status).toBe('succeeded')
    },
  },
  {
    name: 'a batch at the provider bears the first wish to cancel in it, and is due at once',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await running(scene, [a, b])
      const other = await sending(scene, [c])
      await scene.store.recordPoll({
        submissionId: batch.id,
        askedAt: scene.clock.now(),
        batch: runningBatch(batch),
        nextStepAt: scene.clock.now() + 60_000,
      })
      await scene.clock.advance(1_000)
      const wishedAt = scene.clock.now()
      await cancel(scene, a, c)
      await scene.clock.advance(1_000)
      await cancel(scene, b)
      const cancelRequestedAt = wishedAt
      expect(await scene.submission(batch)).toMatchObject({
        state: 'in_progress',
        cancelRequestedAt,
        nextStepAt: wishedAt,
      })
      const { nextStepAt, ...sent } = await scene.submission(other)
      expect(sent).toMatchObject({ state: 'sending', cancelRequestedAt })
      expect(nextStepAt).toBeGreaterThan(wishedAt)
      const { requests } = batch
      const open = { submissionId: batch.id, after: -1, limit: requests.length }
      const members = await scene.store.openOutcomes(open)
      expect(members.map((member) => member.cancelRequested)).toEqual([true, true])
    },
  },
  {
    name: 'a done request stays as it ended',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await running(scene, [a])
      await settle(scene, batch, aSuccess(a))
      await cancel(scene, b)
      const before = [await scene.life(a), await scene.life(b)]
      await scene.clock.advance(1_000)
      expect(await cancel(scene, a, b)).toEqual({ canceled: 0, withdrawn: 0, flagged: 0 })
      expect([await scene.life(a), await scene.life(b)]).toEqual(before)
    },
  },
  {
    name: 'canceling again changes nothing',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      await running(scene, [id])
      await cancel(scene, id)
      const before = await scene.request(id)
      await scene.clock.advance(1_000)
      await cancel(scene, id, id)
      expect(await scene.request(id)).toEqual(before)
    },
  },
  {
    name: "another project's requests can't be canceled",
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const project = 'other' as ProjectId
      const none = { canceled: 0, withdrawn: 0, flagged: 0 }
      const params = { project, requestIds: [id], reason: 'canceled' } as const
      expect(await scene.store.cancel(params)).toEqual(none)
      expect((await scene.request(id)).state).toBe('waiting')
    },
  },
  {
    name: 'the reason is kept, and ids that are nobody’s do no harm',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const requestIds = [Number.MAX_SAFE_INTEGER as RequestId, id]
      const { project } = scene
      const params = { project, requestIds, reason: 'superseded' } as const
      expect(await scene.store.cancel(params)).toMatchObject({ canceled: 1 })
      expect((await scene.request(id)).verdict?.reason).toBe('superseded')
    },
  },
]
