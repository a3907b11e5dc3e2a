import { type AccountId, type JobId, laneKey } from '@halfrate/core'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { commit, committedJob, fillingOf, openJob } from './job-steps.js'
import type { Scene } from './scene.js'
import { dueInTurn } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const OTHER_LANE = laneKey({ betas: ['output-300k'] })

function factsOf(scene: Scene, upTo = 100): ReturnType<Scene['store']['queueFacts']> {
  return scene.store.queueFacts({ project: scene.project, queue: scene.queue, upTo })
}

function waiting(
  scene: Scene,
  overrides: Partial<Parameters<Scene['store']['readWaiting']>[0]> = {},
): ReturnType<Scene['store']['readWaiting']> {
  return scene.store.readWaiting({
    project: scene.project,
    queue: scene.queue,
    account: scene.account,
    lane: laneKey({}),
    batchLimit: null,
    maxId: Number.MAX_SAFE_INTEGER,
    limit: 100,
    ...overrides,
  })
}

/** What planning sees, and filling. */
export const planningCases: readonly StoreCase[] = [
  {
    name: 'waiting requests are counted by what may share a batch',
    run: async (scene) => {
      await scene.enqueue('a', 'b')
      await scene.clock.advance(1_000)
      const [last] = await scene.enqueue('c')
      await scene.enqueueRows([anIntakeRow({ key: 'd', lane: OTHER_LANE })])
      await scene.put([anIntakeRow({ key: 'e' })], { account: 'second' as AccountId })
      const { groups, nextDueAt, filling } = await factsOf(scene)
      const ours = groups.find((group) => group.lane === laneKey({}) && group.account === 'main')
      expect(groups).toHaveLength(3)
      expect(ours).toEqual({
        account: scene.account,
        lane: laneKey({}),
        batchLimit: null,
        count: 3,
        bytes: 3 * anIntakeRow({ key: 'a' }).itemBytes,
        oldestCreatedAt: scene.clock.now() - 1_000,
        maxId: last,
      })
      expect({ nextDueAt, filling }).toEqual({ nextDueAt: null, filling: [] })
    },
  },
  {
    name: 'counting stops where the question says, the highest id does not',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c', 'd')
      const { groups } = await factsOf(scene, 2)
      expect(groups[0]).toMatchObject({ count: 2, maxId: ids[3] })
      expect(groups[0]?.bytes).toBe(2 * anIntakeRow({ key: 'a' }).itemBytes)
    },
  },
  {
    name: 'what is not due yet is in no group, only its instant is told',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b')
      const dueAt = await dueInTurn(scene, ids)
      expect(await factsOf(scene)).toMatchObject({ groups: [], nextDueAt: dueAt })
      expect(await waiting(scene)).toEqual([])
      await scene.clock.advance(5_000)
      expect(await factsOf(scene)).toMatchObject({
        groups: [{ count: 1 }],
        nextDueAt: dueAt + 1_000,
      })
      expect((await waiting(scene)).map((request) => request.id)).toEqual([ids[1]])
    },
  },
  {
    name: 'waiting requests come by model, then prefix, then id',
    run: async (scene) => {
      const ids = await scene.enqueueRows([
        anIntakeRow({ key: 'a', model: 'm2' }),
        anIntakeRow({ key: 'b', model: 'm1', prefixText: '"system":"x"' }),
        anIntakeRow({ key: 'c', model: 'm1', prefixText: '"system":"y"' }),
        anIntakeRow({ key: 'd', model: 'm1', prefixText: '"system":"x"' }),
        anIntakeRow({ key: 'e', model: 'm1' }),
        anIntakeRow({ key: 'f', model: 'm1' }),
      ])
      const names = new Map(ids.map((id, index) => [id, 'abcdef'.charAt(index)]))
      const order = (await waiting(scene)).map((request) => names.get(request.id)).join('')
      expect(order).toMatch(/^(?=.*bd)(?=.*ef)[bcdef]{5}a$/)
    },
  },
  {
    name: 'a waiting request is shown with what packing needs',
    run: async (scene) => {
      const row = anIntakeRow({ key: 'a', model: 'm', maxTokens: 5 })
      const [id] = await scene.enqueueRows([row])
      const shown = { id, jobId: null, model: 'm', itemBytes: row.itemBytes, maxTokens: 5 }
      expect(await waiting(scene)).toEqual([shown])
    },
  },
  {
    name: 'reading on after members were taken goes on behind them, up to the highest id',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c', 'd')
      const maxId = ids[2]
      const page = await waiting(scene, { maxId, limit: 2 })
      expect(page.map((request) => request.id)).toEqual(ids.slice(0, 2))
      await scene.filling(ids.slice(0, 2))
      const rest = await waiting(scene, { maxId, limit: 2 })
      expect(rest.map((request) => request.id)).toEqual([ids[2]])
    },
  },
  {
    name: 'a waiting request of a job is shown with its job',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a'])
      await scene.enqueue('b')
      const jobs = (await waiting(scene)).map((request) => request.jobId)
      expect(new Set(jobs)).toEqual(new Set([job.id, null]))
    },
  },
  {
    name: 'jobs that are left out hide neither each other nor what is outside them',
    run: async (scene) => {
      const { job: one } = await committedJob(scene, ['a'], 'one')
      const two = await openJob(scene, 'two')
      const rows = [
        anIntakeRow({ key: 'b', row: 1 }),
        anIntakeRow({ key: 'c', row: 2, lane: OTHER_LANE }),
      ]
      await scene.put(rows, { job: fillingOf(two) })
      await commit(scene, two, { newRows: 2, rowCount: 2 })
      const [loose] = await scene.enqueue('d')
      const { project, queue } = scene
      const shown = async (...except: JobId[]): Promise<unknown> => {
        const { groups } = await scene.store.queueFacts({ project, queue, upTo: 100, except })
        const page = await waiting(scene, { except, limit: 1 })
        return { counts: groups.map(({ count }) => count).sort(), first: page[0]?.jobId }
      }
      expect(await shown()).toMatchObject({ counts: [1, 3] })
      expect(await shown(two.id)).toEqual({ counts: [2], first: one.id })
      expect(await shown(one.id)).toEqual({ counts: [1, 2], first: two.id })
      expect(await shown(one.id, two.id)).toEqual({ counts: [1], first: null })
      const facts = { project, queue, upTo: 1, except: [one.id, two.id] }
      const { groups } = await scene.store.queueFacts(facts)
      expect(groups).toMatchObject([{ count: 1, maxId: loose }])
    },
  },
]
