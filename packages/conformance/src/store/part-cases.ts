import { HalfrateError, type ProjectId } from '@halfrate/core'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import {
  commit,
  committedJob,
  discardAll,
  fillingOf,
  listing,
  openJob,
  plannable,
  putInto,
} from './job-steps.js'
import type { StoreCase } from './store-case.js'

/** Giving parts up, and parts that nobody may touch. */
export const partCases: readonly StoreCase[] = [
  {
    name: 'a discarded part is gone with its requests and keys, and stays open',
    run: async (scene) => {
      const job = await openJob(scene)
      const before = await putInto(scene, job, ['a', 'b'])
      const { job: again } = await discardAll(scene, job)
      const { project } = scene
      expect(await scene.store.getRequest({ project, id: before[0].id })).toBeNull()
      const answers = await putInto(scene, again, ['a', 'b*'])
      expect(answers.map((answer) => answer.type)).toEqual(['new', 'new'])
      expect(await commit(scene, again, { newRows: 2, rowCount: 2 })).toMatchObject({
        type: 'committed',
      })
    },
  },
  {
    name: 'discarding a part restores what its requests superseded',
    run: async (scene) => {
      const { answers } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['a*', 'b'], 'supersede')
      expect(await plannable(scene)).toBe(1)
      const { job: empty } = await discardAll(scene, next)
      expect(await plannable(scene)).toBe(2)
      expect((await scene.request(answers[0].id)).supersededBy).toBeNull()
      const [again] = await putInto(scene, empty, ['a'])
      expect(again).toMatchObject({ type: 'same', id: answers[0].id, part: 1 })
    },
  },
  {
    name: 'a chain inside of one part is discarded whole',
    run: async (scene) => {
      const { answers } = await committedJob(scene, ['a'])
      const next = await openJob(scene)
      await putInto(scene, next, ['a*'], 'supersede')
      const third = anIntakeRow({ key: 'a', row: 1, bodyText: '"messages":[]' })
      await scene.put([third], { job: fillingOf(next), onConflict: 'supersede' })
      await discardAll(scene, next)
      expect((await scene.request(answers[0].id)).supersededBy).toBeNull()
      expect(await plannable(scene)).toBe(1)
    },
  },
  {
    name: 'discarding a part leaves the listing of the job as it was',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['new', 'b', 'a'])
      await discardAll(scene, next)
      expect(await listing(scene, job.id)).toEqual(['1:a', '2:b'])
    },
  },
  {
    name: 'rows of a discarded part do not count when the part is filled again',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['new', 'b', 'a'])
      const { job: empty } = await discardAll(scene, next)
      await putInto(scene, empty, ['a'])
      await commit(scene, empty, { newRows: 0, rowCount: 1 })
      expect(await listing(scene, job.id)).toEqual(['1:a'])
    },
  },
  {
    name: 'discarding goes by page',
    run: async (scene) => {
      const job = await openJob(scene)
      const { pageLimit } = scene.store.traits
      for (const [start, count] of [
        [0, pageLimit],
        [pageLimit, 1],
      ] as const) {
        const rows = Array.from({ length: count }, (_, index) =>
          anIntakeRow({ key: `row ${start + index}`, row: start + index + 1 }),
        )
        await scene.put(rows, { job: fillingOf(job) })
      }
      const { job: empty, calls } = await discardAll(scene, job)
      expect(calls).toBeGreaterThanOrEqual(2)
      expect(await commit(scene, empty, { newRows: 0, rowCount: 0 })).toMatchObject({
        type: 'committed',
      })
    },
  },
  {
    name: 'a committed part is not discarded',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a'])
      expect(await scene.store.discardPart(fillingOf(job))).toEqual({ type: 'outdated' })
      expect(await plannable(scene)).toBe(1)
    },
  },
  {
    name: 'a part that is not open takes nothing',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a'])
      await expect(putInto(scene, job, ['b'])).rejects.toBeInstanceOf(HalfrateError)
      await expect(putInto(scene, { ...job, openPart: 7 }, ['b'])).rejects.toBeInstanceOf(
        HalfrateError,
      )
      expect(await plannable(scene)).toBe(1)
    },
  },
  {
    name: "another project's job takes nothing from this one",
    run: async (scene) => {
      const job = await openJob(scene)
      const rows = [anIntakeRow({ key: 'a', row: 1 })]
      const elsewhere = { project: 'other' as ProjectId, job: fillingOf(job) }
      await expect(scene.put(rows, elsewhere)).rejects.toBeInstanceOf(HalfrateError)
      expect(await scene.store.findJob({ ...elsewhere, name: 'june' })).toBeNull()
    },
  },
  {
    name: 'two jobs have their own keys, and projects their own job names',
    run: async (scene) => {
      const first = await openJob(scene)
      const second = await openJob(scene, 'july')
      const abroad = await scene.store.openJob({
        project: 'other' as ProjectId,
        queue: scene.queue,
        name: 'june',
      })
      expect(new Set([first.id, second.id, abroad.id]).size).toBe(3)
      const [here] = await putInto(scene, first, ['a'])
      const [there] = await putInto(scene, second, ['a'])
      expect([here.type, there.type]).toEqual(['new', 'new'])
      const [loose] = await scene.enqueue('a')
      expect(new Set([here.id, there.id, loose]).size).toBe(3)
    },
  },
]
