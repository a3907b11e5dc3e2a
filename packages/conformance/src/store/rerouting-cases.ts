import {
  type EpochMs,
  LeaseLostError,
  laneKey,
  type ProjectId,
  type QueueName,
  type RequestId,
  type WorkerId,
} from '@halfrate/core'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { commit, openJob, putInto } from './job-steps.js'
import type { Scene } from './scene.js'
import type { StoreCase } from './store-case.js'

const WANTED = laneKey({ deadlineAt: 1_800_000_000_000 as EpochMs })
const CALLED = laneKey({ route: 'realtime' })

async function reroute(
  scene: Scene,
  requestIds: readonly RequestId[],
  lane: string = CALLED,
): Promise<number> {
  const { project, queue } = scene
  const fence = await scene.queueFence()
  return (await scene.store.reroute({ fence, project, queue, requestIds, lane })).moved
}

async function countsByLane(scene: Scene): Promise<Readonly<Record<string, number>>> {
  const { project, queue } = scene
  const { groups } = await scene.store.queueFacts({ project, queue, upTo: 1_000 })
  return Object.fromEntries(groups.map(({ lane, count }) => [lane, count]))
}

async function readLane(scene: Scene, lane: string): Promise<readonly RequestId[]> {
  const { project, queue, account } = scene
  const place = { project, queue, account, lane, batchLimit: null }
  const limit = scene.store.traits.pageLimit
  const rows = await scene.store.readWaiting({ ...place, limit, maxId: Number.MAX_SAFE_INTEGER })
  return rows.map(({ id }) => id)
}

/** Waiting requests that go another way than the one that they came for. */
export const reroutingCases: readonly StoreCase[] = [
  {
    name: 'waiting requests move to another lane, and change in nothing else',
    run: async (scene) => {
      const rows = ['a', 'b', 'c'].map((key) => anIntakeRow({ key, lane: WANTED }))
      const [a, b, c] = (await scene.enqueueRows(rows)) as readonly RequestId[]
      const [first, second, third] = [a, b, c] as [RequestId, RequestId, RequestId]
      const before = await scene.request(first)
      expect(await reroute(scene, [third, first])).toBe(2)
      expect(await scene.request(first)).toEqual({ ...before, lane: CALLED })
      expect(await countsByLane(scene)).toEqual({ [WANTED]: 1, [CALLED]: 2 })
      expect(await readLane(scene, CALLED)).toEqual([first, third])
      expect(await readLane(scene, WANTED)).toEqual([second])
      const old = await scene.filling([first, second], { lane: WANTED })
      expect(old.submission.requestCount).toBe(1)
      const call = await scene.filling([first], { lane: CALLED })
      expect(call.submission.requestCount).toBe(1)
    },
  },
  {
    name: 'a move that is repeated, or names a request twice, moves each once',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      expect(await reroute(scene, [a, a])).toBe(1)
      expect(await reroute(scene, [a])).toBe(0)
      expect(await reroute(scene, [])).toBe(0)
      expect((await scene.request(a)).lane).toBe(CALLED)
    },
  },
  {
    name: 'what is taken, canceled, superseded, unknown or of another queue is not moved',
    run: async (scene) => {
      const [taken, canceled, old, free] = await scene.enqueue('a', 'b', 'c', 'd')
      const elsewhere = [
        await scene.enqueueRows([anIntakeRow({ key: 'e' })], { queue: 'day' as QueueName }),
        await scene.enqueueRows([anIntakeRow({ key: 'f' })], { project: 'other' as ProjectId }),
      ].flat()
      await scene.filling([taken])
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [canceled], reason: 'canceled' })
      const changed = anIntakeRow({ key: 'c', bodyText: '"messages":[]' })
      await scene.put([changed], { onConflict: 'supersede' })
      const unknown = Number.MAX_SAFE_INTEGER as RequestId
      const asked = [taken, canceled, old, unknown, ...elsewhere, free]
      expect(await reroute(scene, asked)).toBe(1)
      const { lane } = anIntakeRow({ key: '' })
      for (const id of [taken, canceled, old]) expect((await scene.request(id)).lane).toBe(lane)
      expect((await scene.request(free)).lane).toBe(CALLED)
    },
  },
  {
    name: 'rows of a part that is not committed are not moved',
    run: async (scene) => {
      await scene.enqueue('loose')
      const job = await openJob(scene)
      const [{ id }] = await putInto(scene, job, ['a'])
      expect(await reroute(scene, [id])).toBe(0)
      await commit(scene, job, { newRows: 1, rowCount: 1 })
      expect(await reroute(scene, [id])).toBe(1)
    },
  },
  {
    name: 'a move under a lease that was lost moves nothing',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const { project, queue } = scene
      const fence = await scene.queueFence()
      await scene.store.release({ fence })
      await scene.claim('queues', 'other' as WorkerId)
      const params = { fence, project, queue, requestIds: [a], lane: CALLED }
      await expect(scene.store.reroute(params)).rejects.toBeInstanceOf(LeaseLostError)
      expect((await scene.request(a)).lane).not.toBe(CALLED)
    },
  },
  {
    name: 'a fence of another queue moves nothing',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const day = 'day' as QueueName
      const [b] = await scene.enqueueRows([anIntakeRow({ key: 'b' })], { queue: day })
      const fence = await scene.queueFence(day)
      const { project, queue } = scene
      const params = { fence, project, queue, requestIds: [a, b], lane: CALLED }
      await expect(scene.store.reroute(params)).rejects.toBeInstanceOf(LeaseLostError)
      expect((await scene.request(a)).lane).not.toBe(CALLED)
    },
  },
  {
    name: 'a move of a page is there after a restart',
    needsReopen: true,
    run: async (scene) => {
      const { pageLimit } = scene.store.traits
      const ids = await scene.enqueueMany(pageLimit + 1)
      expect(await reroute(scene, ids.slice(0, pageLimit))).toBe(pageLimit)
      await scene.reopen()
      const { lane } = anIntakeRow({ key: '' })
      expect(await countsByLane(scene)).toEqual({ [CALLED]: pageLimit, [lane]: 1 })
    },
  },
]
