import {
  type Fence,
  LeaseLostError,
  queueResource,
  singletonResource,
  type WorkerId,
} from '@halfrate/core'
import { expect } from 'vitest'
import { aNonce } from '../builders/a-nonce.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Scene } from './scene.js'
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

function claimDuty(scene: Scene, workerId: WorkerId): ReturnType<Scene['store']['claim']> {
  const work = { type: 'singleton', name: 'identify' } as const
  return scene.store.claim({ work, workerId, leaseMs: MINUTE_MS, limit: 1 })
}

async function fenceOf(claimed: ReturnType<Scene['store']['claim']>): Promise<Fence> {
  const [lease] = (await claimed).leases
  return { resource: lease?.resource ?? '', epoch: lease?.epoch ?? 0 }
}

async function openWith(scene: Scene, fence: Fence): Promise<unknown> {
  const { project, account, queue } = scene
  const { lane } = anIntakeRow({ key: '' })
  const nonce = aNonce(1_000)
  return scene.store.openSubmission({
    fence,
    project,
    account,
    queue,
    lane,
    batchLimit: null,
    nonce,
    upToId: 0,
  })
}

/** Who may do what, and until when. */
export const leaseCases: readonly StoreCase[] = [
  {
    name: 'now is the clock that the store was given',
    run: async (scene) => {
      expect(await scene.store.now()).toBe(scene.clock.now())
      await scene.clock.advance(1_234)
      expect(await scene.store.now()).toBe(scene.clock.now())
    },
  },
  {
    name: 'a claim answers leases that end after the time that was asked for',
    run: async (scene) => {
      await scene.enqueue('a')
      const { leases, heldBy } = await claimQueues(scene, first)
      expect(leases).toEqual([
        {
          resource: queueResource(scene.project, scene.queue),
          workerId: first,
          epoch: leases[0]?.epoch,
          expiresAt: scene.clock.now() + MINUTE_MS,
        },
      ])
      expect(heldBy).toBeNull()
    },
  },
  {
    name: 'two workers that claim at once do not get the same',
    run: async (scene) => {
      await scene.enqueue('a')
      const claims = await Promise.all([claimQueues(scene, first), claimQueues(scene, second)])
      expect(claims.flatMap((claim) => claim.leases)).toHaveLength(1)
    },
  },
  {
    name: 'a lease that lapsed is free, and its old holder can neither renew nor write',
    run: async (scene) => {
      await scene.enqueue('a')
      const old = await fenceOf(claimQueues(scene, first))
      await scene.clock.advance(MINUTE_MS - 1)
      expect((await claimQueues(scene, second)).leases).toEqual([])
      await scene.clock.advance(1)
      const next = await fenceOf(claimQueues(scene, second))
      expect(next.epoch).toBeGreaterThan(old.epoch)
      await expect(scene.store.renew({ fence: old, leaseMs: MINUTE_MS })).rejects.toBeInstanceOf(
        LeaseLostError,
      )
      await expect(openWith(scene, old)).rejects.toBeInstanceOf(LeaseLostError)
      await openWith(scene, next)
    },
  },
  {
    name: 'a worker that claims again what it holds gets a higher epoch, and its old fence is void',
    run: async (scene) => {
      await scene.enqueue('a')
      const old = await fenceOf(claimQueues(scene, first))
      const next = await fenceOf(claimQueues(scene, first))
      expect(next.epoch).toBeGreaterThan(old.epoch)
      await expect(openWith(scene, old)).rejects.toBeInstanceOf(LeaseLostError)
    },
  },
  {
    name: 'renewing prolongs a lease from now',
    run: async (scene) => {
      await scene.enqueue('a')
      const fence = await fenceOf(claimQueues(scene, first))
      await scene.clock.advance(50_000)
      const renewed = await scene.store.renew({ fence, leaseMs: 2 * MINUTE_MS })
      expect(renewed).toEqual({
        ...fence,
        workerId: first,
        expiresAt: scene.clock.now() + 2 * MINUTE_MS,
      })
      await scene.clock.advance(MINUTE_MS)
      expect((await claimQueues(scene, second)).leases).toEqual([])
    },
  },
  {
    name: 'a lease that was given back is free at once, and fences nothing any more',
    run: async (scene) => {
      await scene.enqueue('a')
      const old = await fenceOf(claimQueues(scene, first))
      await scene.store.release({ fence: old })
      await expect(openWith(scene, old)).rejects.toBeInstanceOf(LeaseLostError)
      const next = await fenceOf(claimQueues(scene, second))
      expect(next.epoch).toBeGreaterThan(old.epoch)
    },
  },
  {
    name: 'giving back a lease that is lost takes nothing from its new holder',
    run: async (scene) => {
      const old = await fenceOf(claimDuty(scene, first))
      await scene.clock.advance(MINUTE_MS)
      const next = await fenceOf(claimDuty(scene, second))
      await scene.store.release({ fence: old })
      expect((await claimDuty(scene, first)).leases).toEqual([])
      await scene.store.renew({ fence: next, leaseMs: MINUTE_MS })
    },
  },
  {
    name: 'epochs rise also after a lapsed lease was swept away',
    run: async (scene) => {
      const old = await fenceOf(claimDuty(scene, first))
      await scene.clock.advance(MINUTE_MS)
      await scene.store.sweep()
      await expect(scene.store.renew({ fence: old, leaseMs: MINUTE_MS })).rejects.toBeInstanceOf(
        LeaseLostError,
      )
      const next = await fenceOf(claimDuty(scene, first))
      expect(next.epoch).toBeGreaterThan(old.epoch)
    },
  },
  {
    name: 'a duty that somebody else has says who',
    run: async (scene) => {
      const { leases } = await claimDuty(scene, first)
      const { leases: none, heldBy } = await claimDuty(scene, second)
      expect(none).toEqual([])
      expect(heldBy).toEqual(leases[0])
      expect(heldBy?.resource).toBe(singletonResource('identify'))
    },
  },
  {
    name: 'the leases of a worker that is known to be dead count as free',
    run: async (scene) => {
      const old = await fenceOf(claimDuty(scene, first))
      const work = { type: 'singleton', name: 'identify' } as const
      const { leases } = await scene.store.claim({
        work,
        workerId: second,
        leaseMs: MINUTE_MS,
        limit: 1,
        takeOverFrom: first,
      })
      expect(leases[0]).toMatchObject({ workerId: second })
      expect(leases[0]?.epoch).toBeGreaterThan(old.epoch)
    },
  },
  {
    name: 'submissions that are to be passed by are not answered, and their leases stand',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c')
      const batches = []
      for (const id of ids) batches.push(await scene.sealed([id]))
      const [one, two, three] = batches.map(({ id }) => id)
      const claim = async (except: readonly (typeof one)[]): Promise<readonly string[]> => {
        const work = { type: 'submissions', except: except.flatMap((id) => id ?? []) } as const
        const asked = { work, workerId: scene.worker, leaseMs: MINUTE_MS, limit: 1 }
        return (await scene.store.claim(asked)).leases.map(({ resource }) => resource)
      }
      expect(await claim([one, two])).toEqual([`submission:${three}`])
      expect(await claim([one, two, three])).toEqual([])
      for (const batch of batches.slice(0, 2)) {
        const fence = await scene.fence(batch)
        await scene.store.renew({ fence, leaseMs: MINUTE_MS })
      }
      expect(await claim([])).toEqual([`submission:${one}`])
    },
  },
  {
    name: 'a lease fences only what it is about',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const duty = await fenceOf(claimDuty(scene, scene.worker))
      await expect(openWith(scene, duty)).rejects.toBeInstanceOf(LeaseLostError)
      const batch = await scene.sealed([id])
      const nextStepAt = scene.clock.now()
      await expect(
        scene.store.noteSubmission({ fence: duty, submissionId: batch.id, nextStepAt }),
      ).rejects.toBeInstanceOf(LeaseLostError)
    },
  },
]
