import { HalfrateError, type Job, type RemoteId } from '@halfrate/core'
import { expect } from 'vitest'
import { aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { fillingOf, openJob } from './job-steps.js'
import type { Batch, Scene } from './scene.js'
import { end, lost, move, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

async function refuses(call: Promise<unknown>): Promise<void> {
  await expect(call).rejects.toBeInstanceOf(HalfrateError)
}

/** One full page and one row more, all sent. */
async function fullBatch(scene: Scene): Promise<Batch> {
  return running(scene, await scene.enqueueMany(scene.store.traits.pageLimit + 1))
}

/** Calls that bring or ask for a full page, and for one row more. */
export const limitCases: readonly StoreCase[] = [
  {
    name: 'a page is at least 100 rows',
    run: async (scene) => {
      expect(scene.store.traits.pageLimit).toBeGreaterThanOrEqual(100)
      expect(['one', 'many']).toContain(scene.store.traits.workers)
    },
  },
  {
    name: 'intake takes a full page, and of a larger one nothing',
    run: async (scene) => {
      const { pageLimit } = scene.store.traits
      const rows = Array.from({ length: pageLimit + 1 }, (_, index) =>
        anIntakeRow({ key: `row ${index}` }),
      )
      await refuses(scene.put(rows))
      const { counts } = await scene.store.report({ scope: { project: scene.project } })
      expect(counts.total).toBe(0)
      expect(await scene.put(rows.slice(1))).toHaveLength(pageLimit)
    },
  },
  {
    name: 'a submission takes a full page of members, and of a larger one nobody',
    run: async (scene) => {
      const { pageLimit } = scene.store.traits
      const ids = await scene.enqueueMany(pageLimit + 1)
      const { id: submissionId } = await scene.filling([])
      const fence = await scene.queueFence()
      const members = ids.map((requestId) => ({ requestId, holdNano: null }))
      await refuses(scene.store.addMembers({ fence, submissionId, members }))
      const page = members.slice(1)
      const filled = await scene.store.addMembers({ fence, submissionId, members: page })
      expect(filled.requestCount).toBe(pageLimit)
    },
  },
  {
    name: 'a full page of lines is booked, and of a larger one nothing',
    run: async (scene) => {
      const batch = await fullBatch(scene)
      const lines = batch.requests.map((id) => aSuccess(id))
      await refuses(settle(scene, batch, ...lines))
      const { pageLimit } = scene.store.traits
      expect(await settle(scene, batch, ...lines.slice(1))).toMatchObject({
        fresh: pageLimit,
        done: pageLimit,
      })
    },
  },
  {
    name: 'a full page of members is let go, and of a larger one nobody',
    run: async (scene) => {
      const ids = await scene.enqueueMany(scene.store.traits.pageLimit + 1)
      const batch = await lost(scene, ids)
      const moves = ids.map((_, ordinal) => move(ordinal))
      await refuses(release(scene, batch, ...moves))
      const { pageLimit } = scene.store.traits
      expect(await release(scene, batch, ...moves.slice(1))).toMatchObject({ released: pageLimit })
      expect(await scene.store.countAttempts({ submissionId: batch.id })).toMatchObject({ live: 1 })
    },
  },
  {
    name: 'a full page of attempts is booked as possibly paid, and the rest with the next call',
    run: async (scene) => {
      const batch = await fullBatch(scene)
      await end(scene, batch, { succeeded: scene.store.traits.pageLimit + 1 })
      const fence = await scene.fence(batch)
      const { pageLimit } = scene.store.traits
      for (const marked of [pageLimit, 1, 0]) {
        const answer = await scene.store.markPossiblyPaid({ fence, submissionId: batch.id })
        expect(answer).toEqual({ marked })
      }
    },
  },
  {
    name: 'a full page of requests is canceled, and of a larger one none',
    run: async (scene) => {
      const { pageLimit } = scene.store.traits
      const requestIds = await scene.enqueueMany(pageLimit + 1)
      const cancel = { project: scene.project, reason: 'canceled' } as const
      await refuses(scene.store.cancel({ ...cancel, requestIds }))
      expect(await scene.store.cancel({ ...cancel, requestIds: requestIds.slice(1) })).toEqual({
        canceled: pageLimit,
        withdrawn: 0,
        flagged: 0,
      })
    },
  },
  {
    name: 'a full page of batches is marked and asked about, a larger one is refused',
    run: async (scene) => {
      const { account, store } = scene
      const remoteIds = Array.from(
        { length: store.traits.pageLimit + 1 },
        (_, index) => `msgbatch_x${index}` as RemoteId,
      )
      await refuses(store.markForeign({ account, remoteIds }))
      await refuses(store.knownBatches({ account, remoteIds }))
      const page = remoteIds.slice(1)
      expect(await store.markForeign({ account, remoteIds: page })).toEqual({
        marked: page.length,
      })
      const known = await store.knownBatches({ account, remoteIds: page })
      expect(known.foreign.size).toBe(page.length)
    },
  },
  {
    name: 'a full page of odd lines is kept, a larger one is refused',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a'))
      const encoder = new TextEncoder()
      const lines = Array.from({ length: scene.store.traits.pageLimit + 1 }, (_, lineNumber) => ({
        reason: 'malformed' as const,
        lineNumber,
        bytes: encoder.encode(`line ${lineNumber}`),
      }))
      const keep = { submissionId: batch.id, remoteId: batch.remoteId }
      await refuses(scene.store.quarantine({ ...keep, lines }))
      const added = lines.length - 1
      expect(await scene.store.quarantine({ ...keep, lines: lines.slice(1) })).toEqual({ added })
    },
  },
  {
    name: 'whoever asks for more than a page gets a page',
    run: async (scene) => {
      const { pageLimit } = scene.store.traits
      const ids = await scene.enqueueMany(pageLimit + 1)
      const { project, queue, account, store } = scene
      const limit = pageLimit + 1
      const { lane } = anIntakeRow({ key: '' })
      const maxId = Number.MAX_SAFE_INTEGER
      const group = { project, queue, account, lane, batchLimit: null }
      expect(await store.readWaiting({ ...group, maxId, limit })).toHaveLength(pageLimit)
      const list = { scope: { project }, states: null, afterId: 0, limit }
      expect(await store.listRequests(list)).toHaveLength(pageLimit)
      const results = { project, queue, afterId: 0, doneFrom: 0, limit }
      expect(await store.readResults(results)).toHaveLength(pageLimit)
      const batch = await running(scene, ids)
      const members = { submissionId: batch.id, after: -1, limit }
      expect(await store.readMembers(members)).toHaveLength(pageLimit)
      expect(await store.openOutcomes(members)).toHaveLength(pageLimit)
    },
  },
  {
    name: 'whoever asks for more than a page of results gets a page',
    run: async (scene) => {
      const { pageLimit } = scene.store.traits
      const job = await openJob(scene)
      for (const rows of pagesOf(pageLimit + 1, pageLimit)) {
        await scene.put(rows, { job: fillingOf(job) })
      }
      await commitAll(scene, job, pageLimit + 1)
      const read = { project: scene.project, jobId: job.id, limit: pageLimit + 1 }
      expect(await scene.store.readResults({ ...read, afterRow: 0 })).toHaveLength(pageLimit)
      expect(await scene.store.readResults({ ...read, afterRow: pageLimit })).toHaveLength(1)
    },
  },
]

function pagesOf(count: number, size: number): readonly ReturnType<typeof anIntakeRow>[][] {
  const rows = Array.from({ length: count }, (_, index) =>
    anIntakeRow({ key: `row ${index}`, row: index + 1 }),
  )
  return [rows.slice(0, size), rows.slice(size)]
}

async function commitAll(scene: Scene, job: Job, rowCount: number): Promise<void> {
  const commit = { ...fillingOf(job), newRows: rowCount, rowCount, sourceDigest: null }
  await scene.store.commitJob(commit)
}
