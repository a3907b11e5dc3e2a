import type { RemoteId, WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { aSuccess } from '../builders/a-result-line.js'
import { learn, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const AT_ONCE = 4

/** Does the same several times without waiting for one before the next. */
function atOnce<T>(call: (index: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: AT_ONCE }, (_, index) => call(index)))
}

/** Calls that are under way at the same time. A store that runs each to its end before the next passes by itself. */
export const atOnceCases: readonly StoreCase[] = [
  {
    name: 'the same page put several times at once is stored once',
    run: async (scene) => {
      const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`)
      const answers = await atOnce(() => scene.enqueue(...keys))
      expect(new Set(answers.flat()).size).toBe(keys.length)
      const { counts } = await scene.store.report({ scope: { project: scene.project } })
      expect(counts.total).toBe(keys.length)
    },
  },
  {
    name: 'lines that are booked several times at once count once',
    run: async (scene) => {
      const ids = await scene.enqueueMany(20)
      const batch = await running(scene, ids)
      const lines = ids.map((id) => aSuccess(id))
      const results = await atOnce(() => settle(scene, batch, ...lines))
      const sum = (of: 'fresh' | 'done' | 'duplicates'): number =>
        results.reduce((total, result) => total + result[of], 0)
      expect([sum('fresh'), sum('done'), sum('duplicates')]).toEqual([20, 20, 20 * (AT_ONCE - 1)])
    },
  },
  {
    name: 'members that several submissions ask for at once join one of them',
    run: async (scene) => {
      const ids = await scene.enqueueMany(20)
      const batches = []
      for (let made = 0; made < AT_ONCE; made += 1) batches.push(await scene.filling([]))
      const fence = await scene.queueFence()
      const members = ids.map((requestId) => ({ requestId, holdNano: null }))
      const filled = await Promise.all(
        batches.map(({ id }) => scene.store.addMembers({ fence, submissionId: id, members })),
      )
      expect(filled.reduce((sum, { requestCount }) => sum + requestCount, 0)).toBe(ids.length)
    },
  },
  {
    name: 'what several workers claim at once is given to one of them',
    run: async (scene) => {
      await scene.enqueue('a')
      const claims = await atOnce((index) => scene.claim('queues', `worker-${index}` as WorkerId))
      expect(claims.flatMap(({ leases }) => leases)).toHaveLength(1)
    },
  },
  {
    name: 'two batches that turn up at once for one submission are it and its twin',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a'))
      const names = ['msgbatch_x', 'msgbatch_y'] as RemoteId[]
      const found = await Promise.all(
        [...names, ...names].map((id) =>
          learn(scene, batch, { type: 'found', batch: anEndedBatch({ succeeded: 1 }, { id }) }),
        ),
      )
      expect(found.map(({ type }) => type).sort()).toEqual(['known', 'known', 'twin', 'twin'])
      expect(new Set(found.map(({ submission }) => submission?.id)).size).toBe(names.length)
    },
  },
  {
    name: 'a cancel and a success at once end a request once',
    run: async (scene) => {
      const ids = await scene.enqueueMany(10)
      const batch = await running(scene, ids)
      const { project } = scene
      await Promise.all([
        scene.store.cancel({ project, requestIds: ids, reason: 'canceled' }),
        settle(scene, batch, ...ids.map((id) => aSuccess(id))),
      ])
      const { counts, money } = await scene.store.report({ scope: { project } })
      expect(counts.byStatus).toEqual({ succeeded: 10, failed: 0, canceled: 0 })
      expect(money.unpricedAttempts).toBe(0)
    },
  },
]
