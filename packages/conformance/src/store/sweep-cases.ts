import { expect } from 'vitest'
import { aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { commit, committedJob, listing, openJob, plannable, putInto } from './job-steps.js'
import type { Scene } from './scene.js'
import { end, ended, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const DAY_MS = 86_400_000

/** Sweeps until nothing is left and answers the jobs that became done. */
async function sweepAll(scene: Scene): Promise<readonly number[]> {
  const done: number[] = []
  for (;;) {
    const { more, jobsDone } = await scene.store.sweep()
    done.push(...jobsDone)
    if (!more) return done
  }
}

function findJob(scene: Scene): ReturnType<Scene['store']['findJob']> {
  return scene.store.findJob({ project: scene.project, name: 'june' })
}

/** Cleaning. */
export const sweepCases: readonly StoreCase[] = [
  {
    name: 'there is nothing to sweep in an empty store',
    run: async (scene) => {
      expect(await scene.store.sweep()).toEqual({ more: false, jobsDone: [], failed: [] })
    },
  },
  {
    name: 'a job is done once each of its requests is, and is named once',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const [a, b] = answers
      const batch = await ended(scene, [a.id, b.id])
      await settle(scene, batch, aSuccess(a.id))
      expect(await sweepAll(scene)).toEqual([])
      await settle(scene, batch, aSuccess(b.id))
      expect(await sweepAll(scene)).toEqual([job.id])
      expect((await findJob(scene))?.state).toBe('done')
      expect(await sweepAll(scene)).toEqual([])
    },
  },
  {
    name: 'a job without rows is done with its commit',
    run: async (scene) => {
      const job = await openJob(scene)
      expect(await sweepAll(scene)).toEqual([])
      await commit(scene, job, { newRows: 0, rowCount: 0 })
      expect(await sweepAll(scene)).toEqual([job.id])
    },
  },
  {
    name: 'a done job that is added to is committed again, and done again later',
    run: async (scene) => {
      const { job } = await committedJob(scene, [])
      await sweepAll(scene)
      const next = await openJob(scene)
      const [a] = await putInto(scene, next, ['a'])
      expect((await findJob(scene))?.state).toBe('done')
      await commit(scene, next, { newRows: 1, rowCount: 1 })
      expect((await findJob(scene))?.state).toBe('committed')
      expect(await sweepAll(scene)).toEqual([])
      const batch = await ended(scene, [a.id])
      await settle(scene, batch, aSuccess(a.id))
      expect(await sweepAll(scene)).toEqual([job.id])
    },
  },
  {
    name: 'a job that nobody committed for a day is removed with its keys',
    run: async (scene) => {
      const job = await openJob(scene)
      await putInto(scene, job, ['a'])
      await scene.clock.advance(DAY_MS)
      await sweepAll(scene)
      expect(await findJob(scene)).toEqual(job)
      await scene.clock.advance(1)
      await sweepAll(scene)
      expect(await findJob(scene)).toBeNull()
      const again = await openJob(scene)
      const [answer] = await putInto(scene, again, ['a'])
      expect(answer.type).toBe('new')
    },
  },
  {
    name: 'a part that somebody works on is not swept, however old it is',
    run: async (scene) => {
      const job = await openJob(scene)
      await putInto(scene, job, ['a'])
      await scene.clock.advance(DAY_MS)
      await openJob(scene)
      await scene.clock.advance(DAY_MS)
      await putInto(scene, job, ['a', 'b'])
      await scene.clock.advance(DAY_MS)
      await sweepAll(scene)
      expect(await commit(scene, job, { newRows: 2, rowCount: 2 })).toMatchObject({
        type: 'committed',
      })
    },
  },
  {
    name: 'a later part that was given up is removed, and the job stays as it was before it',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['b', 'a*', 'c'], 'supersede')
      await scene.clock.advance(DAY_MS + 1)
      await sweepAll(scene)
      expect(await findJob(scene)).toMatchObject({
        state: 'committed',
        committedPart: 1,
        openPart: 1,
      })
      expect(await listing(scene, job.id)).toEqual(['1:a', '2:b'])
      expect((await scene.request(answers[0].id)).supersededBy).toBeNull()
      expect(await plannable(scene)).toBe(2)
      expect((await openJob(scene)).openPart).toBe(2)
    },
  },
  {
    name: 'a superseded request that was sent is flagged, and its paid answer is kept',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await running(scene, [id])
      const changed = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
      await scene.put([changed], { onConflict: 'supersede' })
      expect(await sweepAll(scene)).toEqual([])
      expect(await scene.request(id)).toMatchObject({
        state: 'assigned',
        cancelRequestedAt: scene.clock.now(),
      })
      await end(scene, batch, { succeeded: 1 })
      await settle(scene, batch, aSuccess(id))
      expect((await scene.request(id)).verdict?.status).toBe('succeeded')
    },
  },
  {
    name: 'a superseded request leaves a submission that was not sent yet',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await scene.sealed([id])
      const changed = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
      await scene.put([changed], { onConflict: 'supersede' })
      await sweepAll(scene)
      expect(await scene.submission(batch)).toMatchObject({ requestCount: 0, holdNano: 0 })
      expect((await scene.request(id)).verdict?.reason).toBe('superseded')
    },
  },
  {
    name: 'superseded requests are canceled by page',
    run: async (scene) => {
      const count = scene.store.traits.pageLimit + 1
      const ids = await scene.enqueueMany(count)
      const rows = ids.map((_, index) =>
        anIntakeRow({ key: `many ${index}`, bodyText: '"messages":[]' }),
      )
      const supersede = { onConflict: 'supersede' } as const
      await scene.put(rows.slice(0, -1), supersede)
      await scene.put(rows.slice(-1), supersede)
      expect((await scene.store.sweep()).more).toBe(true)
      await sweepAll(scene)
      expect((await scene.request(ids[0] ?? (0 as never))).verdict?.reason).toBe('superseded')
      const last = ids.at(-1) ?? (0 as never)
      expect((await scene.request(last)).verdict?.reason).toBe('superseded')
    },
  },
]
