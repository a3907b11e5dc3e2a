import type { QueueName, RequestId } from '@halfrate/core'
import { expect } from 'vitest'
import { anError, aSuccess, SUCCEEDED } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { claimDeliveries, claimOne, dueRequests, readPage, subscribe } from './delivery-steps.js'
import { imported } from './import-steps.js'
import { commit, committedJob, openJob, putInto } from './job-steps.js'
import type { Scene } from './scene.js'
import { ended, lost, move, rejected, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const REFUSED = { status: 'failed', reason: 'refused', detail: 'no' } as const
const ERRORED = { status: 'failed', reason: 'errored', detail: null } as const

function cancel(scene: Scene, ...requestIds: readonly RequestId[]): Promise<unknown> {
  return scene.store.cancel({ project: scene.project, requestIds, reason: 'canceled' })
}

/** Which steps keep what they ended for delivery, and in which portions. */
export const endingCases: readonly StoreCase[] = [
  {
    name: 'without a subscription nothing is kept for delivery',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      await settle(scene, await running(scene, [a]), aSuccess(a))
      await cancel(scene, b)
      expect(await claimDeliveries(scene)).toEqual([])
      await subscribe(scene)
      expect(await claimDeliveries(scene)).toEqual([])
    },
  },
  {
    name: 'a page of results is one delivery, in the order of ids, with the stored lines',
    run: async (scene) => {
      await subscribe(scene)
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await running(scene, [a, b, c])
      await settle(scene, batch, aSuccess(c), aSuccess(a))
      await scene.clock.advance(1_000)
      await settle(scene, batch, aSuccess(b, { text: 'the line of b' }))
      const first = await claimOne(scene, { limit: 1 })
      const second = await claimOne(scene, { limit: 1, worker: 'worker-2' })
      const page = await readPage(scene, first)
      const { project, queue } = scene
      const facts = { project, queue, tries: 0, position: 0, count: 2 }
      const createdAt = scene.clock.now() - 1_000
      expect(page.delivery).toEqual({ id: first.id, ...facts, createdAt })
      expect(page.next).toBe(2)
      expect(page.rows.map(({ request, place }) => [request.id, place])).toEqual([
        [a, 0],
        [c, 1],
      ])
      const { rows } = await readPage(scene, second)
      const life = await scene.life(b)
      expect(rows).toEqual([
        {
          request: life.request,
          attempt: life.attempts[0]?.attempt,
          line: new TextEncoder().encode('the line of b'),
          paidNano: 150_000,
          place: 0,
        },
      ])
    },
  },
  {
    name: 'lines that are booked again, or end nothing, make no delivery',
    run: async (scene) => {
      await subscribe(scene)
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { succeeded: 1, errored: 1 })
      await settle(scene, batch, aSuccess(a))
      await settle(scene, batch, aSuccess(a), anError(b))
      expect(await dueRequests(scene)).toEqual([[a]])
    },
  },
  {
    name: 'a success that takes the long way is delivered with those that do not',
    run: async (scene) => {
      await subscribe(scene)
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await running(scene, [a, b, c])
      const refusal = aSuccess(b, { usability: 'refused', verdict: REFUSED, text: 'no' })
      await settle(scene, batch, refusal, aSuccess(a), anError(c))
      expect(await dueRequests(scene)).toEqual([[a, b]])
    },
  },
  {
    name: 'what is let go is delivered when it is done, and not when it waits again',
    run: async (scene) => {
      await subscribe(scene)
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { errored: 2 })
      await settle(scene, batch, anError(a), anError(b))
      const done = { type: 'done', verdict: ERRORED } as const
      await release(scene, batch, move(0, { outcome: 'errored', to: done }))
      await release(scene, batch, move(1, { outcome: 'errored' }))
      const held = await claimOne(scene)
      const { rows } = await readPage(scene, held)
      expect(rows).toMatchObject([{ request: { id: a, verdict: ERRORED }, place: 0 }])
      expect(rows[0]?.line).not.toBeNull()
    },
  },
  {
    name: 'a flagged request that is let go, and one that leaves an unsent submission, are delivered as canceled',
    run: async (scene) => {
      await subscribe(scene)
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await lost(scene, [a])
      await cancel(scene, a)
      expect(await claimDeliveries(scene)).toEqual([])
      await release(scene, batch, move(0))
      await scene.sealed([b])
      await cancel(scene, b, c)
      expect(await dueRequests(scene)).toEqual([[a], [b, c]])
      expect((await scene.request(a)).verdict?.status).toBe('canceled')
    },
  },
  {
    name: 'one call that ends requests of several queues makes a delivery for each that has a subscription',
    run: async (scene) => {
      const other = { queue: 'other' as QueueName }
      const quiet = { queue: 'quiet' as QueueName }
      await subscribe(scene)
      await subscribe(scene, other)
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const [d] = await scene.enqueueRows([anIntakeRow({ key: 'd' })], other)
      const [e] = await scene.enqueueRows([anIntakeRow({ key: 'e' })], quiet)
      await cancel(scene, d, b, e, a)
      expect(await dueRequests(scene)).toEqual([[a, b]])
      expect(await dueRequests(scene, other)).toEqual([[d]])
      expect(await dueRequests(scene, quiet)).toEqual([])
      expect((await scene.request(c)).state).toBe('waiting')
    },
  },
  {
    name: 'what a newer request takes the place of is delivered when the sweep cancels it',
    run: async (scene) => {
      await subscribe(scene)
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['a*'], 'supersede')
      await commit(scene, next, { newRows: 1, rowCount: 1 })
      expect(await claimDeliveries(scene)).toEqual([])
      while ((await scene.store.sweep()).more);
      const { rows } = await readPage(scene, await claimOne(scene))
      expect(rows).toMatchObject([
        {
          request: { id: answers[0].id, jobId: job.id, verdict: { reason: 'superseded' } },
          line: null,
        },
      ])
    },
  },
  {
    name: 'what is taken in from a batch that the store did not send is delivered once',
    run: async (scene) => {
      await subscribe(scene)
      const { requestId: _, ...line } = aSuccess(0 as RequestId)
      const { requestId: __, ...failed } = anError(0 as RequestId)
      const lines = [
        { ...line, requestId: null, key: 'k1', end: SUCCEEDED },
        { ...failed, requestId: null, key: 'k2', end: ERRORED },
      ]
      await imported(scene, lines)
      await imported(scene, lines)
      const { rows } = await readPage(scene, await claimOne(scene))
      expect(rows.map(({ request }) => [request.key, request.verdict?.status])).toEqual([
        ['k1', 'succeeded'],
        ['k2', 'failed'],
      ])
    },
  },
  {
    name: 'a refused batch delivers the flagged members that it lets go, and not the others',
    run: async (scene) => {
      await subscribe(scene)
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await rejected(scene, [a, b])
      await cancel(scene, a)
      await release(scene, batch, move(0), move(1))
      expect(await dueRequests(scene)).toEqual([[a]])
      expect((await scene.request(b)).state).toBe('waiting')
    },
  },
]
