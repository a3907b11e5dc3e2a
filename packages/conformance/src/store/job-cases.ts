import type { Job, JobId, OnConflict, PutAnswer } from '@halfrate/core'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { EachAs, Scene } from './scene.js'
import type { StoreCase } from './store-case.js'

const CHANGED = '"messages":[{"role":"user","content":"changed"}]'

/** Opens a job, or its next part. */
export function openJob(scene: Scene, name = 'june'): Promise<Job> {
  return scene.store.openJob({ project: scene.project, queue: scene.queue, name })
}

/** Puts keys into the open part of a job, as its rows from 1; a key that ends in `*` comes with other params. */
export async function putInto<const Keys extends readonly string[]>(
  scene: Scene,
  job: Job,
  keys: Keys,
  onConflict: OnConflict = 'report',
): Promise<EachAs<Keys, PutAnswer>> {
  const rows = keys.map((text, index) => {
    const isChanged = text.endsWith('*')
    const key = isChanged ? text.slice(0, -1) : text
    return anIntakeRow({ key, row: index + 1, bodyText: isChanged ? CHANGED : undefined })
  })
  const part = { id: job.id, part: job.openPart }
  const answers = await scene.put(rows, { job: part, onConflict })
  return answers as unknown as EachAs<Keys, PutAnswer>
}

/** Commits the open part of a job. */
export function commit(
  scene: Scene,
  job: Job,
  counts: { readonly newRows: number; readonly rowCount: number },
): ReturnType<Scene['store']['commitJob']> {
  return scene.store.commitJob({
    id: job.id,
    part: job.openPart,
    sourceDigest: 'digest',
    ...counts,
  })
}

/** Makes a job of these keys, all committed. */
export async function committedJob<const Keys extends readonly string[]>(
  scene: Scene,
  keys: Keys,
): Promise<{ readonly job: Job; readonly answers: EachAs<Keys, PutAnswer> }> {
  const job = await openJob(scene)
  const answers = await putInto(scene, job, keys)
  await commit(scene, job, { newRows: keys.length, rowCount: keys.length })
  return { job, answers }
}

/** Keys that a job's newest input lists, in row order. */
export async function listing(scene: Scene, jobId: JobId): Promise<readonly string[]> {
  const { project } = scene
  const rows = await scene.store.readResults({ project, jobId, afterRow: 0, limit: 100 })
  return rows.map(({ request }) => `${request.row}:${request.key}`)
}

/** How many requests planning sees in the scene's queue. */
export async function plannable(scene: Scene): Promise<number> {
  const { project, queue } = scene
  const { groups } = await scene.store.queueFacts({ project, queue, upTo: 1_000_000 })
  return groups.reduce((sum, group) => sum + group.count, 0)
}

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
      const again = await commit(scene, job, { newRows: 9, rowCount: 9 })
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
