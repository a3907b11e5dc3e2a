import { expect } from 'vitest'
import { commit, committedJob, listing, openJob, plannable, putInto } from './job-steps.js'
import type { StoreCase } from './store-case.js'

/** Filling jobs, part by part. */
export const jobCases: readonly StoreCase[] = [
  {
    name: 'a new job is open, with nothing committed',
    run: async (scene) => {
      const job = await openJob(scene)
      expect(job).toEqual({
        id: job.id,
        project: scene.project,
        queue: scene.queue,
        name: 'june',
        state: 'open',
        committedPart: 0,
        openPart: 1,
        fill: 0,
        sourceDigest: null,
        rowCount: 0,
        createdAt: scene.clock.now(),
        committedAt: null,
      })
      expect(await scene.store.findJob({ project: scene.project, name: 'june' })).toEqual(job)
    },
  },
  {
    name: 'opening an open job again resumes it',
    run: async (scene) => {
      const job = await openJob(scene)
      await scene.clock.advance(1_000)
      expect(await openJob(scene)).toEqual(job)
    },
  },
  {
    name: 'requests of an open part are invisible to planning until it is committed',
    run: async (scene) => {
      const job = await openJob(scene)
      await putInto(scene, job, ['a', 'b'])
      expect(await plannable(scene)).toBe(0)
      expect((await scene.claim('queues')).leases).toEqual([])
      await commit(scene, job, { newRows: 2, rowCount: 2 })
      expect(await plannable(scene)).toBe(2)
      expect((await scene.claim('queues')).leases).toHaveLength(1)
    },
  },
  {
    name: 'a request of an open part joins no submission, even by its id',
    run: async (scene) => {
      const [loose] = await scene.enqueue('loose')
      const job = await openJob(scene)
      const [answer] = await putInto(scene, job, ['a'])
      const batch = await scene.filling([loose, answer.id])
      expect(batch.submission.requestCount).toBe(1)
    },
  },
  {
    name: 'a commit says from where, when and how much',
    run: async (scene) => {
      const job = await openJob(scene)
      await putInto(scene, job, ['a', 'b'])
      await scene.clock.advance(5_000)
      const result = await commit(scene, job, { newRows: 2, rowCount: 2 })
      const committed = await scene.store.findJob({ project: scene.project, name: 'june' })
      expect(result).toEqual({ type: 'committed', job: committed })
      expect(committed).toMatchObject({
        state: 'committed',
        committedPart: 1,
        openPart: 1,
        sourceDigest: 'digest',
        rowCount: 2,
        committedAt: scene.clock.now(),
      })
    },
  },
  {
    name: 'a part that holds other rows than its input is not committed',
    run: async (scene) => {
      const job = await openJob(scene)
      await putInto(scene, job, ['a', 'b'])
      expect(await commit(scene, job, { newRows: 3, rowCount: 3 })).toEqual({
        type: 'mismatch',
        stored: 2,
      })
      expect(await scene.store.findJob({ project: scene.project, name: 'june' })).toEqual(job)
      expect(await plannable(scene)).toBe(0)
    },
  },
  {
    name: 'committing what is committed answers the same and changes nothing',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a'])
      await scene.clock.advance(1_000)
      const again = await commit(scene, job, { newRows: 1, rowCount: 1 })
      expect(again).toMatchObject({ type: 'committed', job: { rowCount: 1 } })
      expect(await scene.store.findJob({ project: scene.project, name: 'june' })).toMatchObject({
        committedAt: scene.clock.now() - 1_000,
      })
    },
  },
  {
    name: 'opening a committed job opens its next part, while what is committed goes on',
    run: async (scene) => {
      await committedJob(scene, ['a'])
      const job = await openJob(scene)
      expect(job).toMatchObject({ committedPart: 1, openPart: 2, sourceDigest: null })
      expect(job.state).toBe('committed')
      expect(await plannable(scene)).toBe(1)
    },
  },
  {
    name: 'answers name the part in which a request was put',
    run: async (scene) => {
      await committedJob(scene, ['a'])
      const answers = await putInto(scene, await openJob(scene), ['a', 'b'])
      expect(answers.map((answer) => [answer.type, answer.part])).toEqual([
        ['same', 1],
        ['new', 2],
      ])
    },
  },
  {
    name: 'a listed request has its new row number from the commit on',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a', 'b', 'c'])
      const next = await openJob(scene)
      await putInto(scene, next, ['c', 'new', 'a'])
      expect(await listing(scene, job.id)).toEqual(['1:a', '2:b', '3:c'])
      await commit(scene, next, { newRows: 1, rowCount: 3 })
      expect(await listing(scene, job.id)).toEqual(['1:c', '2:new', '3:a'])
    },
  },
  {
    name: 'a request that the newest input does not list is no longer counted in the job',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['b'])
      await commit(scene, next, { newRows: 0, rowCount: 1 })
      const { counts } = await scene.store.report({
        scope: { project: scene.project, jobId: job.id },
      })
      expect(counts.total).toBe(1)
      expect((await scene.request(answers[0].id)).state).toBe('waiting')
    },
  },
  {
    name: 'an input that lists a key twice is told so, and the first row counts',
    run: async (scene) => {
      const job = await openJob(scene)
      const answers = await putInto(scene, job, ['a', 'b', 'a', 'b*'], 'supersede')
      expect(answers.map((answer) => [answer.type, answer.repeatsRow])).toEqual([
        ['new', null],
        ['new', null],
        ['same', 1],
        ['conflict', 2],
      ])
      await commit(scene, job, { newRows: 2, rowCount: 2 })
      expect(await listing(scene, job.id)).toEqual(['1:a', '2:b'])
    },
  },
  {
    name: 'putting the same rows again after a crash is no repeat',
    run: async (scene) => {
      const job = await openJob(scene)
      const first = await putInto(scene, job, ['a', 'b'])
      const again = await putInto(scene, await openJob(scene), ['a', 'b', 'c'])
      expect(again.map((answer) => [answer.type, answer.part, answer.repeatsRow])).toEqual([
        ['same', 1, null],
        ['same', 1, null],
        ['new', 1, null],
      ])
      expect(again[0].id).toBe(first[0].id)
    },
  },
  {
    name: 'a kept row counts as listed',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['b*', 'a'], 'keep')
      await commit(scene, next, { newRows: 0, rowCount: 2 })
      expect(await listing(scene, job.id)).toEqual(['1:b', '2:a'])
    },
  },
  {
    name: 'a superseding row takes the place of the older one when its part is committed',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a'])
      const next = await openJob(scene)
      const [newer] = await putInto(scene, next, ['a*'], 'supersede')
      expect(await plannable(scene)).toBe(0)
      await scene.store.sweep()
      expect((await scene.request(answers[0].id)).state).toBe('waiting')
      await commit(scene, next, { newRows: 1, rowCount: 1 })
      await scene.store.sweep()
      expect((await scene.request(answers[0].id)).verdict?.reason).toBe('superseded')
      expect(await plannable(scene)).toBe(1)
      const { project } = scene
      const rows = await scene.store.readResults({
        project,
        jobId: job.id,
        afterRow: 0,
        limit: 10,
      })
      expect(rows.map((row) => row.request.id)).toEqual([newer.id])
    },
  },
]
