import type { ProjectId, RequestState } from '@halfrate/core'
import { expect } from 'vitest'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { commit, committedJob, openJob, putInto } from './job-steps.js'
import type { Scene } from './scene.js'
import { ended, move, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const CHANGED = '"messages":[]'
const other = 'other' as ProjectId
const decoder = new TextDecoder()

async function list(
  scene: Scene,
  overrides: Partial<Parameters<Scene['store']['listRequests']>[0]> = {},
): Promise<readonly string[]> {
  const all = { scope: { project: scene.project }, states: null, afterId: 0, limit: 100 }
  const found = await scene.store.listRequests({ ...all, ...overrides })
  return found.map((request) => request.key)
}

/** What callers read. */
export const readingCases: readonly StoreCase[] = [
  {
    name: 'a request is found by its id and by its key, in its own project only',
    run: async (scene) => {
      const { project, queue, store } = scene
      const [id] = await scene.enqueue('a')
      const { key, keyHash } = anIntakeRow({ key: 'a' })
      const byKey = { scope: { queue }, key, keyHash }
      const life = await store.getRequest({ project, id })
      expect(await store.getRequest({ project, ...byKey })).toEqual(life)
      expect(await store.getRequest({ project: other, id })).toBeNull()
      expect(await store.getRequest({ project: other, ...byKey })).toBeNull()
      const missing = anIntakeRow({ key: 'b' })
      expect(
        await store.getRequest({ project, ...byKey, key: 'b', keyHash: missing.keyHash }),
      ).toBeNull()
    },
  },
  {
    name: 'a key of a job is found in its job, and not in its queue',
    run: async (scene) => {
      const { project, queue, store } = scene
      const { job, answers } = await committedJob(scene, ['a'])
      const { key, keyHash } = anIntakeRow({ key: 'a' })
      const inJob = await store.getRequest({ project, scope: { jobId: job.id }, key, keyHash })
      expect(inJob?.request.id).toBe(answers[0].id)
      expect(await store.getRequest({ project, scope: { queue }, key, keyHash })).toBeNull()
    },
  },
  {
    name: 'under a key the newest request is found, with those that it replaced',
    run: async (scene) => {
      const { project, queue, store } = scene
      const [first] = await scene.enqueue('a')
      const supersede = { onConflict: 'supersede' } as const
      const row = anIntakeRow({ key: 'a', bodyText: CHANGED })
      const [second] = await scene.enqueueRows([row], supersede)
      const [third] = await scene.enqueue('b')
      const again = anIntakeRow({ key: 'a' })
      const [fourth] = await scene.enqueueRows([again], supersede)
      const { key, keyHash } = row
      const life = await store.getRequest({ project, scope: { queue }, key, keyHash })
      expect(life?.request.id).toBe(fourth)
      expect(life?.replaced).toEqual([second, first])
      expect((await scene.life(third)).replaced).toEqual([])
    },
  },
  {
    name: 'the life of a request shows its attempts with their submissions, oldest first',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const first = await ended(scene, [id], { errored: 1 })
      await settle(scene, first, anError(id))
      await release(scene, first, move(0, { outcome: 'errored' }))
      const second = await running(scene, [id])
      const { attempts } = await scene.life(id)
      expect(attempts.map(({ attempt }) => attempt.number)).toEqual([1, 2])
      expect(attempts.map(({ submission }) => submission)).toEqual([
        await scene.submission(first),
        await scene.submission(second),
      ])
    },
  },
  {
    name: 'requests are listed by id, page by page, in their scope',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c')
      await scene.enqueueRows([anIntakeRow({ key: 'd' })], { queue: 'day' as typeof scene.queue })
      await scene.enqueueRows([anIntakeRow({ key: 'x' })], { project: other })
      expect(await list(scene)).toEqual(['a', 'b', 'c', 'd'])
      const { project, queue } = scene
      expect(await list(scene, { scope: { project, queue } })).toEqual(['a', 'b', 'c'])
      expect(await list(scene, { limit: 2 })).toEqual(['a', 'b'])
      expect(await list(scene, { afterId: ids[1], limit: 2 })).toEqual(['c', 'd'])
    },
  },
  {
    name: 'requests are listed by where they are',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b', 'c')
      const batch = await running(scene, [a, b])
      await settle(scene, batch, aSuccess(a))
      const inState = (...states: readonly RequestState[]): Promise<readonly string[]> =>
        list(scene, { states })
      expect(await inState('done')).toEqual(['a'])
      expect(await inState('waiting', 'assigned')).toEqual(['b', 'c'])
      expect(await inState()).toEqual([])
    },
  },
  {
    name: 'of a key only the newest request is listed',
    run: async (scene) => {
      await scene.enqueue('a', 'b')
      const changed = anIntakeRow({ key: 'a', bodyText: CHANGED })
      await scene.put([changed], { onConflict: 'supersede' })
      expect(await list(scene)).toEqual(['b', 'a'])
    },
  },
  {
    name: 'what is not committed is not shown, and what it will replace still is',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['a*', 'c'], 'supersede')
      expect(await list(scene)).toEqual(['a', 'b'])
      const { project } = scene
      expect(await list(scene, { scope: { project, jobId: job.id } })).toEqual(['a', 'b'])
      const { keyHash } = anIntakeRow({ key: 'a' })
      const byKey = { project, scope: { jobId: job.id }, key: 'a', keyHash }
      expect((await scene.store.getRequest(byKey))?.request.id).toBe(answers[0].id)
      await commit(scene, next, { newRows: 2, rowCount: 2 })
      expect(await list(scene, { scope: { project, jobId: job.id } })).toEqual(['a', 'c'])
      expect(await list(scene)).toEqual(['b', 'a', 'c'])
      expect((await scene.store.getRequest(byKey))?.replaced).toEqual([answers[0].id])
    },
  },
  {
    name: 'rows of a job come in the order of its input, with the lines of their answers',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b', 'c'])
      const [a, b, c] = answers
      const batch = await ended(scene, [a.id, b.id], { succeeded: 1, errored: 1 })
      await settle(scene, batch, anError(b.id, { text: 'no' }), aSuccess(a.id, { text: 'yes' }))
      const { project } = scene
      const read = { project, jobId: job.id, afterRow: 0, limit: 10 }
      const rows = await scene.store.readResults(read)
      expect(rows.map(({ request }) => [request.row, request.key, request.state])).toEqual([
        [1, 'a', 'done'],
        [2, 'b', 'assigned'],
        [3, 'c', 'waiting'],
      ])
      expect(rows.map(({ line }) => (line === null ? null : decoder.decode(line)))).toEqual([
        'yes',
        'no',
        null,
      ])
      expect(rows.map(({ attempt }) => attempt?.outcome)).toEqual([
        'succeeded',
        'errored',
        undefined,
      ])
      expect(rows.map(({ paidNano }) => paidNano)).toEqual([150_000, 0, 0])
      expect(c.id).toBe(rows[2]?.request.id)
      expect(await scene.store.readResults({ ...read, project: other })).toEqual([])
    },
  },
  {
    name: 'results are read page by page, from a row on',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a', 'b', 'c', 'd'])
      const { project } = scene
      const page = async (afterRow: number): Promise<readonly string[]> => {
        const read = { project, jobId: job.id, afterRow, limit: 2 }
        return (await scene.store.readResults(read)).map(({ request }) => request.key)
      }
      expect([await page(0), await page(2), await page(3), await page(4)]).toEqual([
        ['a', 'b'],
        ['c', 'd'],
        ['d'],
        [],
      ])
    },
  },
  {
    name: 'a row shows the answer that it ended with, and what all its attempts cost',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a'])
      const [{ id }] = answers
      const first = await ended(scene, [id])
      await settle(scene, first, aSuccess(id, { usability: 'empty', verdict: null, text: '1' }))
      await release(scene, first, move(0, { outcome: 'succeeded' }))
      const read = { project: scene.project, jobId: job.id, afterRow: 0, limit: 10 }
      const [between] = await scene.store.readResults(read)
      expect(between?.attempt?.submissionId).toBe(first.id)
      const second = await ended(scene, [id])
      await settle(scene, second, aSuccess(id, { text: '2' }))
      const [row] = await scene.store.readResults(read)
      expect(row?.attempt).toMatchObject({ submissionId: second.id, number: 2 })
      expect(decoder.decode(row?.line ?? new Uint8Array())).toBe('2')
      expect(row?.paidNano).toBe(300_000)
    },
  },
  {
    name: 'what a row cost is unknown when one of its prices is',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a'])
      const batch = await ended(scene, [answers[0].id])
      await settle(scene, batch, aSuccess(answers[0].id, { costNano: null, realtimeNano: null }))
      const read = { project: scene.project, jobId: job.id, afterRow: 0, limit: 10 }
      expect((await scene.store.readResults(read))[0]?.paidNano).toBeNull()
    },
  },
  {
    name: 'the submissions that held requests of a scope are listed, oldest first',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a'])
      const [loose] = await scene.enqueue('loose')
      const first = await scene.sealed([answers[0].id])
      const fence = await scene.fence(first)
      await scene.store.dissolve({ fence, submissionId: first.id })
      const second = await running(scene, [answers[0].id, loose])
      const { project } = scene
      const of = async (scope: object, afterId = 0, limit = 10): Promise<readonly number[]> => {
        const found = await scene.store.submissionsOf({
          scope: { project, ...scope },
          afterId,
          limit,
        })
        return found.map((submission) => submission.id)
      }
      expect(await of({})).toEqual([first.id, second.id])
      expect(await of({ jobId: job.id })).toEqual([first.id, second.id])
      expect(await of({ jobId: job.id }, first.id)).toEqual([second.id])
      expect(await of({}, 0, 1)).toEqual([first.id])
      expect(await of({ project: other })).toEqual([])
    },
  },
]
