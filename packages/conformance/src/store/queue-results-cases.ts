import type { EpochMs, ProjectId, QueueName, RequestId } from '@halfrate/core'
import { expect } from 'vitest'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { committedJob } from './job-steps.js'
import type { Scene } from './scene.js'
import { ended, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const CHANGED = '"messages":[]'
const other = 'other' as ProjectId
const decoder = new TextDecoder()

function read(
  scene: Scene,
  overrides: {
    afterId?: number
    doneFrom?: EpochMs
    limit?: number
    queue?: QueueName
    project?: ProjectId
  } = {},
): ReturnType<Scene['store']['readResults']> {
  const { project, queue, store } = scene
  return store.readResults({ project, queue, afterId: 0, doneFrom: 0, limit: 100, ...overrides })
}

async function keys(...of: Parameters<typeof read>): Promise<readonly string[]> {
  return (await read(...of)).map(({ request }) => request.key)
}

/** What callers read of a queue. */
export const queueResultsCases: readonly StoreCase[] = [
  {
    name: 'results of a queue are those of its requests outside of jobs, done or not, with the lines of their answers',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b', 'c')
      const batch = await ended(scene, [a, b], { succeeded: 1, errored: 1 })
      await settle(scene, batch, anError(b, { text: 'no' }), aSuccess(a, { text: 'yes' }))
      const rows = await read(scene)
      expect(rows.map(({ request }) => [request.key, request.row, request.state])).toEqual([
        ['a', null, 'done'],
        ['b', null, 'assigned'],
        ['c', null, 'waiting'],
      ])
      const texts = rows.map(({ line }) => (line === null ? null : decoder.decode(line)))
      expect(texts).toEqual(['yes', 'no', null])
      expect(rows.map(({ paidNano }) => paidNano)).toEqual([150_000, 0, 0])
      expect(rows[0]?.attempt).toMatchObject({ submissionId: batch.id, outcome: 'succeeded' })
    },
  },
  {
    name: 'rows of jobs, of other queues and of other projects are no results of a queue',
    run: async (scene) => {
      const day = 'day' as QueueName
      await committedJob(scene, ['in-a-job'])
      await scene.enqueue('mine')
      await scene.enqueueRows([anIntakeRow({ key: 'another-queue' })], { queue: day })
      await scene.enqueueRows([anIntakeRow({ key: 'theirs' })], { project: other })
      expect(await keys(scene)).toEqual(['mine'])
      expect(await keys(scene, { queue: day })).toEqual(['another-queue'])
      expect(await keys(scene, { project: other })).toEqual(['theirs'])
      expect(await keys(scene, { project: other, queue: day })).toEqual([])
      expect(await keys(scene, { queue: 'nobody' as QueueName })).toEqual([])
    },
  },
  {
    name: 'results of a queue are read page by page, by id',
    run: async (scene) => {
      const [a, b, c, d] = await scene.enqueue('a', 'b', 'c', 'd')
      expect(await keys(scene, { limit: 2 })).toEqual(['a', 'b'])
      expect(await keys(scene, { limit: 2, afterId: b })).toEqual(['c', 'd'])
      expect(await keys(scene, { limit: 2, afterId: c })).toEqual(['d'])
      expect(await keys(scene, { afterId: d })).toEqual([])
      expect((await read(scene)).map(({ request }) => request.id)).toEqual([a, b, c, d])
    },
  },
  {
    name: 'of a key the newest request alone is a result of its queue',
    run: async (scene) => {
      const [a] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a])
      await settle(scene, batch, aSuccess(a))
      const changed = anIntakeRow({ key: 'a', bodyText: CHANGED })
      await scene.put([changed], { onConflict: 'supersede' })
      const rows = await read(scene)
      expect(rows.map(({ request }) => [request.key, request.state])).toEqual([
        ['b', 'waiting'],
        ['a', 'waiting'],
      ])
    },
  },
  {
    name: 'from an instant on, what was done before it is no result, whatever its id, and what is open still is',
    run: async (scene) => {
      const [early, late, canceled] = await scene.enqueue('early', 'late', 'canceled', 'open')
      await succeed(scene, late)
      await scene.clock.advance(60_000)
      const at = scene.clock.now()
      await succeed(scene, early)
      const { project, store } = scene
      await store.cancel({ project, requestIds: [canceled], reason: 'canceled' })
      expect(await keys(scene)).toEqual(['early', 'late', 'canceled', 'open'])
      expect(await keys(scene, { doneFrom: at })).toEqual(['early', 'canceled', 'open'])
      expect(await keys(scene, { doneFrom: at, limit: 1 })).toEqual(['early'])
      expect(await keys(scene, { doneFrom: at, afterId: early })).toEqual(['canceled', 'open'])
      expect(await keys(scene, { doneFrom: at + 1 })).toEqual(['open'])
    },
  },
]

async function succeed(scene: Scene, id: RequestId): Promise<void> {
  await settle(scene, await ended(scene, [id]), aSuccess(id))
}
