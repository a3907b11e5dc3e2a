import {
  type EpochMs,
  InvariantError,
  LeaseLostError,
  type QueueName,
  type RequestId,
  type WorkerId,
} from '@halfrate/core'
import { expect } from 'vitest'
import { aSuccess } from '../builders/a-result-line.js'
import {
  ack,
  claimDeliveries,
  claimOne,
  delivery,
  dueRequests,
  LEASE_MS,
  readPage,
  subscribe,
} from './delivery-steps.js'
import type { Scene } from './scene.js'
import { running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

/** Makes these many requests of a queue with a subscription, all done in one step, and answers them. */
async function done(scene: Scene, count: number): Promise<readonly RequestId[]> {
  await subscribe(scene)
  const ids = await scene.enqueueMany(count)
  await settle(scene, await running(scene, ids), ...ids.map((id) => aSuccess(id)))
  return ids
}

/** When there is more to claim for another worker, which claims what is due by now. */
async function moreAt(
  scene: Scene,
  { queue = scene.queue, limit = 10 }: { readonly queue?: QueueName; readonly limit?: number } = {},
): Promise<EpochMs | null> {
  const { nextDueAt } = await scene.store.claim({
    work: { type: 'deliveries', project: scene.project, queue },
    workerId: 'another' as WorkerId,
    leaseMs: LEASE_MS,
    limit,
  })
  return nextDueAt
}

/** Handing over what is kept for delivery. */
export const deliveryCases: readonly StoreCase[] = [
  {
    name: 'a delivery that was dealt with to its end is gone for good',
    run: async (scene) => {
      await done(scene, 3)
      const held = await claimOne(scene)
      expect(await ack(scene, held, 3)).toEqual({ left: 0 })
      await scene.clock.advance(2 * LEASE_MS)
      expect(await claimDeliveries(scene)).toEqual([])
      const read = { deliveryId: held.id, from: null, limit: 10 }
      expect(await scene.store.readDelivery(read)).toBeNull()
    },
  },
  {
    name: 'a delivery is read from its position or from any place, page by page',
    run: async (scene) => {
      const ids = await done(scene, 5)
      const held = await claimOne(scene)
      expect(await ack(scene, held, 2)).toEqual({ left: 3 })
      const fromPosition = await readPage(scene, held, { limit: 2 })
      expect(fromPosition.delivery).toMatchObject({ position: 2, count: 5 })
      expect(fromPosition.rows.map(({ request, place }) => [request.id, place])).toEqual([
        [ids[2], 2],
        [ids[3], 3],
      ])
      expect(fromPosition.next).toBe(4)
      const last = await readPage(scene, held, { from: 4 })
      expect(last.rows.map(({ request }) => request.id)).toEqual([ids[4]])
      expect(last.next).toBe(5)
      const end = await readPage(scene, held, { from: 5 })
      expect([end.rows, end.next]).toEqual([[], 5])
    },
  },
  {
    name: 'a delivery whose worker is gone is given to another from its position on, once the lease has lapsed',
    run: async (scene) => {
      const ids = await done(scene, 3)
      const held = await claimOne(scene)
      await ack(scene, held, 1)
      expect(await claimDeliveries(scene, { worker: 'worker-2' })).toEqual([])
      await scene.clock.advance(LEASE_MS)
      const again = await claimOne(scene, { worker: 'worker-2' })
      expect(again.id).toBe(held.id)
      expect(again.fence.epoch).toBeGreaterThan(held.fence.epoch)
      const { rows } = await readPage(scene, again)
      expect(rows.map(({ request }) => request.id)).toEqual(ids.slice(1))
    },
  },
  {
    name: 'a delivery that is given back, or whose worker is known to be dead, is free at once',
    run: async (scene) => {
      await done(scene, 1)
      const held = await claimOne(scene)
      await scene.store.release({ fence: held.fence })
      const second = await claimOne(scene, { worker: 'worker-2' })
      const dead = 'worker-2' as WorkerId
      const third = await claimOne(scene, { worker: 'worker-3', takeOverFrom: dead })
      expect([second.id, third.id]).toEqual([held.id, held.id])
    },
  },
  {
    name: 'whoever has lost the lease of a delivery can move nothing on',
    run: async (scene) => {
      await done(scene, 2)
      const held = await claimOne(scene)
      await scene.clock.advance(LEASE_MS)
      const again = await claimOne(scene, { worker: 'worker-2' })
      await expect(ack(scene, held, 2)).rejects.toBeInstanceOf(LeaseLostError)
      await scene.enqueue('waiting')
      const ofQueue = { id: again.id, fence: await scene.queueFence() }
      await expect(ack(scene, ofQueue, 2)).rejects.toBeInstanceOf(LeaseLostError)
      expect(await delivery(scene, again)).toMatchObject({ position: 0 })
    },
  },
  {
    name: 'what was not taken comes again by itself, later, with one try more, and the rest does not',
    run: async (scene) => {
      const ids = await done(scene, 4)
      const held = await claimOne(scene)
      const [a, b, c, d] = ids
      if (a === undefined || b === undefined || c === undefined || d === undefined) return
      const again = { requestIds: [c, a], afterMs: 5_000 }
      expect(await ack(scene, held, 3, again)).toEqual({ left: 1 })
      expect(await dueRequests(scene)).toEqual([[d]])
      await scene.clock.advance(4_999)
      expect(await dueRequests(scene)).toEqual([[d]])
      await scene.clock.advance(1)
      const [first, second] = await claimDeliveries(scene)
      if (first === undefined || second === undefined) throw new InvariantError('It is not there.')
      const { delivery: later, rows } = await readPage(scene, second)
      expect(later).toMatchObject({ tries: 1, count: 2, position: 0 })
      expect(later.createdAt).toBe((await delivery(scene, first)).createdAt)
      expect(rows.map(({ request }) => request.id)).toEqual([a, c])
      await ack(scene, second, 2, { requestIds: [c], afterMs: 0 })
      await ack(scene, first, 4)
      expect(await delivery(scene, await claimOne(scene))).toMatchObject({ tries: 2, count: 1 })
    },
  },
  {
    name: 'the same acknowledgement again changes nothing',
    run: async (scene) => {
      const [a, b] = await done(scene, 3)
      if (a === undefined || b === undefined) return
      const held = await claimOne(scene)
      const again = { requestIds: [b], afterMs: 0 }
      await ack(scene, held, 2, again)
      expect(await ack(scene, held, 2, again)).toEqual({ left: 1 })
      expect(await ack(scene, held, 1, { requestIds: [a], afterMs: 0 })).toEqual({ left: 1 })
      expect(await ack(scene, held, 3)).toEqual({ left: 0 })
      expect(await ack(scene, held, 3, again)).toEqual({ left: 0 })
      expect(await dueRequests(scene)).toEqual([[b]])
    },
  },
  {
    name: 'only what an acknowledgement passes can come again',
    run: async (scene) => {
      const [a, b, c] = await done(scene, 3)
      if (a === undefined || b === undefined || c === undefined) return
      const [stranger] = await scene.enqueue('stranger')
      const held = await claimOne(scene)
      await ack(scene, held, 1)
      await ack(scene, held, 2, { requestIds: [a, c, stranger], afterMs: 0 })
      expect(await dueRequests(scene)).toEqual([[c]])
      await expect(ack(scene, await claimOne(scene), 4)).rejects.toBeInstanceOf(InvariantError)
    },
  },
  {
    name: 'deliveries are given by when they are due, and as many as are asked for',
    run: async (scene) => {
      const [a] = await done(scene, 1)
      if (a === undefined) return
      const first = await claimOne(scene)
      await ack(scene, first, 1, { requestIds: [a], afterMs: 60_000 })
      await scene.clock.advance(1_000)
      const [b] = await scene.enqueue('b')
      await settle(scene, await running(scene, [b]), aSuccess(b))
      await scene.clock.advance(60_000)
      const [c] = await scene.enqueue('c')
      await settle(scene, await running(scene, [c]), aSuccess(c))
      expect(await dueRequests(scene, { limit: 2 })).toEqual([[b], [a]])
      const other = { worker: 'worker-2' }
      expect(await dueRequests(scene, other)).toEqual([[c]])
      expect(await dueRequests(scene, { worker: 'worker-3' })).toEqual([])
    },
  },
  {
    name: 'a claim of deliveries says when the next one is due, and when that of another worker is free',
    run: async (scene) => {
      const [a] = await done(scene, 2)
      if (a === undefined) return
      expect(await moreAt(scene, { queue: 'other' as QueueName })).toBeNull()
      const held = await claimOne(scene)
      expect(await moreAt(scene)).toBe(scene.clock.now() + LEASE_MS)
      await ack(scene, held, 2, { requestIds: [a], afterMs: 5_000 })
      expect(await moreAt(scene)).toBe(scene.clock.now() + 5_000)
      await scene.clock.advance(5_000)
      expect(await moreAt(scene, { limit: 1 })).toBeNull()
    },
  },
  {
    name: 'deliveries of one queue are not given to who asks for another',
    run: async (scene) => {
      await done(scene, 1)
      expect(await claimDeliveries(scene, { queue: 'other' as QueueName })).toEqual([])
      expect(await claimDeliveries(scene)).toHaveLength(1)
    },
  },
  {
    name: 'when a subscription ends nothing more is kept, and the sweep removes what was',
    run: async (scene) => {
      await done(scene, 2)
      await subscribe(scene, { value: null })
      const [late] = await scene.enqueue('late')
      const requestIds = [late]
      await scene.store.cancel({ project: scene.project, requestIds, reason: 'canceled' })
      expect(await dueRequests(scene)).toHaveLength(1)
      while ((await scene.store.sweep()).more);
      expect(await claimDeliveries(scene, { worker: 'worker-2' })).toEqual([])
      await scene.clock.advance(2 * LEASE_MS)
      expect(await claimDeliveries(scene)).toEqual([])
      await subscribe(scene)
      expect(await claimDeliveries(scene)).toEqual([])
    },
  },
  {
    name: 'a delivery with its position is there after a restart',
    needsReopen: true,
    run: async (scene) => {
      const ids = await done(scene, 3)
      const held = await claimOne(scene)
      await ack(scene, held, 1)
      const before = await readPage(scene, held)
      await scene.reopen()
      expect(await readPage(scene, held)).toEqual(before)
      expect(before.rows.map(({ request }) => request.id)).toEqual(ids.slice(1))
      expect(await ack(scene, held, 3)).toEqual({ left: 0 })
    },
  },
]
