import { submissionResource, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Batch, Scene } from './scene.js'
import { dueInTurn } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const MINUTE_MS = 60_000
const first = 'first' as WorkerId
const second = 'second' as WorkerId

function claimQueues(scene: Scene, workerId: WorkerId): ReturnType<Scene['store']['claim']> {
  return scene.store.claim({
    work: { type: 'queues' },
    workerId,
    leaseMs: MINUTE_MS,
    limit: 10,
  })
}

/** Which queues and submissions have work. */
export const workCases: readonly StoreCase[] = [
  {
    name: 'a queue with nothing that is due is not claimed',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await scene.sealed([id])
      expect((await claimQueues(scene, second)).leases).toEqual([])
      const fence = await scene.fence(batch)
      await scene.store.dissolve({ fence, submissionId: batch.id })
      await scene.store.release({ fence: await scene.queueFence() })
      expect((await claimQueues(scene, second)).leases).toHaveLength(1)
    },
  },
  {
    name: 'a queue that is being filled is claimed, though nothing waits in it',
    run: async (scene) => {
      await scene.filling(await scene.enqueue('a'))
      await scene.store.release({ fence: await scene.queueFence() })
      expect((await claimQueues(scene, second)).leases).toHaveLength(1)
    },
  },
  {
    name: 'a claim of queues says when the next waiting request is due, and when another one’s queue is free',
    run: async (scene) => {
      expect((await claimQueues(scene, second)).nextDueAt).toBeNull()
      const ids = await scene.enqueue('a', 'b')
      const dueAt = await dueInTurn(scene, ids)
      expect(await claimQueues(scene, second)).toMatchObject({ leases: [], nextDueAt: dueAt })
      await scene.clock.advance(5_000)
      const { leases, nextDueAt } = await claimQueues(scene, scene.worker)
      expect(leases).toHaveLength(1)
      expect(nextDueAt).toBe(dueAt + 1_000)
      await scene.clock.advance(1_000)
      const freeAt = leases[0]?.expiresAt
      const none = { leases: [], nextDueAt: freeAt }
      expect(await claimQueues(scene, second)).toMatchObject(none)
    },
  },
  {
    name: 'queues that were longest unclaimed come first',
    run: async (scene) => {
      for (const queue of ['a', 'b', 'c']) {
        await scene.put([anIntakeRow({ key: 'k' })], { queue: queue as typeof scene.queue })
      }
      const seen: string[] = []
      for (let turn = 0; turn < 6; turn += 1) {
        const { leases } = await scene.store.claim({
          work: { type: 'queues' },
          workerId: first,
          leaseMs: MINUTE_MS,
          limit: 1,
        })
        for (const lease of leases) {
          seen.push(lease.resource)
          await scene.store.release({ fence: lease })
        }
      }
      expect(new Set(seen.slice(0, 3)).size).toBe(3)
      expect(seen.slice(3)).toEqual(seen.slice(0, 3))
    },
  },
  {
    name: 'submissions that are due are claimed, the earliest first',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c')
      const batches: Batch[] = []
      for (const id of ids) batches.push(await scene.sealed([id]))
      const steps = [30_000, 10_000, 20_000]
      for (const [index, batch] of batches.entries()) {
        const nextStepAt = scene.clock.now() + (steps[index] ?? 0)
        const fence = await scene.fence(batch)
        await scene.store.noteSubmission({ fence, submissionId: batch.id, nextStepAt })
        await scene.store.release({ fence })
      }
      expect((await scene.claim('submissions', second)).leases).toEqual([])
      await scene.clock.advance(20_000)
      const { leases } = await scene.store.claim({
        work: { type: 'submissions' },
        workerId: second,
        leaseMs: MINUTE_MS,
        limit: 10,
      })
      expect(leases.map((lease) => lease.resource)).toEqual(
        batches.slice(1).map((batch) => submissionResource(batch.id)),
      )
    },
  },
  {
    name: 'a claim takes no more than was asked for',
    run: async (scene) => {
      const batches: Batch[] = []
      for (const id of await scene.enqueue('a', 'b', 'c')) batches.push(await scene.sealed([id]))
      for (const batch of batches) await scene.store.release({ fence: await scene.fence(batch) })
      const work = { type: 'submissions' } as const
      const claim = { work, workerId: second, leaseMs: MINUTE_MS, limit: 2 }
      expect((await scene.store.claim(claim)).leases).toHaveLength(2)
      expect((await scene.store.claim({ ...claim, workerId: first })).leases).toHaveLength(1)
    },
  },
]
