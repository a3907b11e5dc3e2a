import {
  type ProjectId,
  type QueueName,
  queueFlushSetting,
  queuePauseSetting,
  queueSetting,
  type SettingName,
} from '@halfrate/core'
import { budgetSetting } from '@halfrate/core/budgets'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { commit, committedJob, openJob, putInto } from './job-steps.js'
import type { OperatingCase } from './operating-case.js'
import { running, sending } from './send-steps.js'

const MINUTE_MS = 60_000

function queueBudgetSetting(project: ProjectId, queue: QueueName): SettingName {
  return budgetSetting({ type: 'queue', project, queue })
}

/** Queues at a glance. */
export const queueCases: readonly OperatingCase[] = [
  {
    name: 'a store that holds nothing has no queues',
    run: async ({ project }, store) => {
      expect(await store.listQueues({ project })).toEqual([])
    },
  },
  {
    name: 'queues come by name, with what waits and since when',
    run: async (scene, store) => {
      const { project, clock } = scene
      const takenInAt = clock.now()
      await scene.enqueue('a')
      clock.advance(MINUTE_MS)
      await scene.enqueue('b')
      await scene.put([anIntakeRow({ key: 'c' })], { queue: 'Amber' as QueueName })
      expect(await store.listQueues({ project })).toEqual([
        { queue: 'Amber', waiting: 1, oldestWaitingAt: clock.now(), inBatches: {} },
        { queue: 'nightly', waiting: 2, oldestWaitingAt: takenInAt, inBatches: {} },
      ])
    },
  },
  {
    name: 'requests in batches are counted by the state of their batch',
    run: async (scene, store) => {
      const [a, b, c, d] = await scene.enqueue('a', 'b', 'c', 'd')
      await running(scene, [a, b])
      await sending(scene, [c])
      await scene.filling([d])
      expect(await store.listQueues({ project: scene.project })).toEqual([
        {
          queue: 'nightly',
          waiting: 0,
          oldestWaitingAt: null,
          inBatches: { filling: 1, sending: 1, in_progress: 2 },
        },
      ])
    },
  },
  {
    name: 'what is taken in waits only from the commit of its job on',
    run: async (scene, store) => {
      const { project } = scene
      const job = await openJob(scene)
      await putInto(scene, job, ['a', 'b'])
      expect((await store.listQueues({ project })).map(({ waiting }) => waiting)).not.toContain(2)
      await commit(scene, job, { newRows: 2, rowCount: 2 })
      expect(await store.listQueues({ project })).toMatchObject([{ queue: 'nightly', waiting: 2 }])
    },
  },
  {
    name: 'what was canceled before it was sent waits no more, and its job keeps the queue in view',
    run: async (scene, store) => {
      const { project } = scene
      const { answers } = await committedJob(scene, ['a', 'b'])
      const requestIds = answers.map(({ id }) => id)
      await scene.store.cancel({ project, requestIds, reason: 'canceled' })
      expect(await store.listQueues({ project })).toEqual([
        { queue: 'nightly', waiting: 0, oldestWaitingAt: null, inBatches: {} },
      ])
    },
  },
  {
    name: 'a queue is known by its documents alone, and only in its own project',
    run: async (scene, store) => {
      const { project } = scene
      const named = ['by-policy', 'by-pause', 'by-flush', 'by-budget'].map(
        (name) => name as QueueName,
      )
      const makers = [queueSetting, queuePauseSetting, queueFlushSetting, queueBudgetSetting]
      for (const [index, nameOf] of makers.entries()) {
        const setting = nameOf(project, named[index] as QueueName)
        await scene.store.putSetting({ ...setting, value: null, ifVersion: null })
      }
      await scene.store.putSetting({
        ...queueSetting('other' as ProjectId, 'theirs' as QueueName),
        ...{ value: {}, ifVersion: null },
      })
      await scene.store.putSetting({
        ...{ scope: `project:${project}`, name: 'cli:jobs', value: {}, ifVersion: null },
      })
      const queues = (await store.listQueues({ project })).map(({ queue }) => queue)
      expect(queues).toEqual(['by-budget', 'by-flush', 'by-pause', 'by-policy'])
    },
  },
  {
    name: 'queues of another project are not seen',
    run: async (scene, store) => {
      await scene.put([anIntakeRow({ key: 'a' })], { project: 'other' as ProjectId })
      expect(await store.listQueues({ project: scene.project })).toEqual([])
    },
  },
]
