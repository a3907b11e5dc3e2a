import { DAY_MS, HalfrateError, type IntakeRow, type Job } from '@halfrate/core'
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
import type { Scene } from './scene.js'
import type { StoreCase } from './store-case.js'
import { loadTwo } from './two-loads.js'

const NOTHING = { newRows: 0, rowCount: 0 }
const TWO = { newRows: 2, rowCount: 2 }

/** Puts two keys, then empties the part as somebody else does who fills it; answers what each of them knows. */
async function overtaken(scene: Scene): Promise<{ readonly slow: Job; readonly fast: Job }> {
  const slow = await openJob(scene)
  await putInto(scene, slow, ['a', 'b'])
  const { job: fast } = await discardAll(scene, await openJob(scene))
  return { slow, fast }
}

function rowsOf(keys: readonly string[]): readonly IntakeRow[] {
  return keys.map((key, index) => anIntakeRow({ key, row: index + 1 }))
}

// One load makes `first` calls, then the other `second`, then the first goes on to its end. A load of one page that is let
// alone makes three calls: it opens, puts and commits. One that met another discards, and makes them again.
const PLACES = [0, 1, 2].flatMap((first) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((second) => ({ first, second })),
)
const TO_THE_END = 40

async function loadAtEveryPlace(
  scene: Scene,
  inputs: readonly [readonly string[], readonly string[]],
  check: (jobs: readonly [Job | null, Job | null], newRequests: number) => Promise<void>,
): Promise<void> {
  const [one, two] = inputs.map(rowsOf) as [IntakeRow[], IntakeRow[]]
  for (const [index, { first, second }] of PLACES.entries()) {
    const before = await plannable(scene)
    const jobs = await loadTwo(scene, {
      jobName: `job ${index}`,
      inputs: [one, two],
      turns: [
        [0, first],
        [1, second],
        [0, TO_THE_END],
      ],
    })
    await check(jobs, (await plannable(scene)) - before)
  }
}

/** Several who fill one part of a job at the same time. */
export const rivalCases: readonly StoreCase[] = [
  {
    name: 'a discard begins the next filling, also of a part that is empty',
    run: async (scene) => {
      const job = await openJob(scene)
      await putInto(scene, job, ['a', 'b'])
      const first = await scene.store.discardPart(fillingOf(job))
      expect(first).toEqual({ type: 'discarded', stored: 2, left: 0, fill: job.fill + 1 })
      const second = await scene.store.discardPart({ ...fillingOf(job), fill: job.fill + 1 })
      expect(second).toEqual({ type: 'discarded', stored: 0, left: 0, fill: job.fill + 2 })
      expect(await openJob(scene)).toEqual({ ...job, fill: job.fill + 2 })
    },
  },
  {
    name: 'whoever was overtaken by a discard puts nothing more',
    run: async (scene) => {
      const { slow, fast } = await overtaken(scene)
      await expect(putInto(scene, slow, ['a', 'b', 'c'])).rejects.toBeInstanceOf(HalfrateError)
      expect(await commit(scene, fast, NOTHING)).toMatchObject({ type: 'committed' })
      expect(await plannable(scene)).toBe(0)
    },
  },
  {
    name: "whoever was overtaken by a discard does not commit the other's rows, though they are as many",
    run: async (scene) => {
      const { slow, fast } = await overtaken(scene)
      await putInto(scene, fast, ['c', 'd'])
      expect(await commit(scene, slow, TWO)).toEqual({ type: 'mismatch', stored: 2 })
      expect(await plannable(scene)).toBe(0)
      expect(await commit(scene, fast, TWO)).toMatchObject({ type: 'committed' })
      expect(await commit(scene, slow, TWO)).toMatchObject({ type: 'mismatch' })
      expect(await listing(scene, fast.id)).toEqual(['1:c', '2:d'])
    },
  },
  {
    name: "whoever was overtaken by a discard does not discard the other's rows",
    run: async (scene) => {
      const { slow, fast } = await overtaken(scene)
      await putInto(scene, fast, ['c', 'd'])
      expect(await scene.store.discardPart(fillingOf(slow))).toEqual({ type: 'outdated' })
      expect(await openJob(scene)).toEqual(fast)
      expect(await commit(scene, fast, TWO)).toMatchObject({ type: 'committed' })
    },
  },
  {
    name: 'a commit that is asked for again is not that of the beginning of its input',
    run: async (scene) => {
      const job = await openJob(scene)
      await putInto(scene, job, ['a'])
      await putInto(scene, job, ['a', 'b'])
      expect(await commit(scene, job, TWO)).toMatchObject({ type: 'committed' })
      const short = await commit(scene, job, { newRows: 1, rowCount: 1 })
      expect(short).toEqual({ type: 'mismatch', stored: 0 })
    },
  },
  {
    name: 'a later part that is discarded by another lists nothing of who was overtaken',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a', 'b', 'c'])
      const slow = await openJob(scene)
      await putInto(scene, slow, ['a', 'b'])
      const { job: fast } = await discardAll(scene, await openJob(scene))
      await putInto(scene, fast, ['c'])
      await expect(putInto(scene, slow, ['a', 'b', 'c'])).rejects.toBeInstanceOf(HalfrateError)
      expect(await commit(scene, slow, { newRows: 0, rowCount: 3 })).toEqual({
        type: 'mismatch',
        stored: 0,
      })
      await commit(scene, fast, { newRows: 0, rowCount: 1 })
      expect(await listing(scene, job.id)).toEqual(['1:c'])
    },
  },
  {
    name: 'a part that is opened again after a sweep is in another filling',
    run: async (scene) => {
      await committedJob(scene, ['a'])
      const slow = await openJob(scene)
      await putInto(scene, slow, ['b'])
      await scene.clock.advance(DAY_MS + 1)
      while ((await scene.store.sweep()).more);
      expect(await commit(scene, slow, { newRows: 1, rowCount: 1 })).toMatchObject({
        type: 'mismatch',
      })
      const fast = await openJob(scene)
      expect(fast.openPart).toBe(slow.openPart)
      expect(fast.fill).toBeGreaterThan(slow.fill)
      await putInto(scene, fast, ['c'])
      await expect(putInto(scene, slow, ['b'])).rejects.toBeInstanceOf(HalfrateError)
      expect(await commit(scene, slow, { newRows: 1, rowCount: 1 })).toMatchObject({
        type: 'mismatch',
      })
    },
  },
  {
    name: 'a job that was swept away is not committed',
    run: async (scene) => {
      const slow = await openJob(scene)
      await putInto(scene, slow, ['a'])
      await scene.clock.advance(DAY_MS + 1)
      while ((await scene.store.sweep()).more);
      expect(await commit(scene, slow, { newRows: 1, rowCount: 1 })).toEqual({
        type: 'mismatch',
        stored: 0,
      })
      expect(await scene.store.discardPart(fillingOf(slow))).toEqual({ type: 'outdated' })
    },
  },
  {
    name: 'of two inputs that are loaded at once, each commit is of one of them alone',
    run: async (scene) => {
      const inputs = [
        ['a', 'b'],
        ['c', 'd'],
      ] as const
      await loadAtEveryPlace(scene, inputs, async (jobs, newRequests) => {
        const ended = jobs.flatMap((job, at) => (job === null ? [] : [{ job, keys: inputs[at] }]))
        expect(new Set(ended.map(({ job }) => job.committedPart)).size).toBe(ended.length)
        expect(newRequests).toBe(2 * ended.length)
        const last = ended.sort((a, b) => b.job.committedPart - a.job.committedPart)[0]
        if (last === undefined) return expect.fail('neither was committed')
        const rows = last.keys?.map((key, index) => `${index + 1}:${key}`)
        expect(await listing(scene, last.job.id)).toEqual(rows)
      })
    },
  },
  {
    name: 'an input that is loaded twice at once is committed for both, and nothing is doubled',
    run: async (scene) => {
      const input = ['a', 'b'] as const
      await loadAtEveryPlace(scene, [input, input], async (jobs, newRequests) => {
        expect(newRequests).toBe(2)
        for (const job of jobs) {
          if (job === null) return expect.fail('one of the two was not committed')
          expect(await listing(scene, job.id)).toEqual(['1:a', '2:b'])
        }
      })
    },
  },
]
