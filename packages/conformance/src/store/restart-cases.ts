import { LeaseLostError, StoreClosedError, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { commit, committedJob, listing, openJob, plannable, putInto } from './job-steps.js'
import {
  ambiguous,
  beginSend,
  ended,
  learn,
  move,
  release,
  running,
  scan,
  settle,
} from './send-steps.js'
import type { StoreCase } from './store-case.js'

/** What was answered is there after the next start. */
export const restartCases: readonly StoreCase[] = [
  {
    name: 'a closed store answers nothing any more',
    needsReopen: true,
    run: async (scene) => {
      const { store, project } = scene
      await scene.reopen()
      await expect(store.now()).rejects.toBeInstanceOf(StoreClosedError)
      await expect(store.findJob({ project, name: 'june' })).rejects.toBeInstanceOf(
        StoreClosedError,
      )
      await expect(scene.store.now()).resolves.toBe(scene.clock.now())
    },
  },
  {
    name: 'requests, their keys and their bytes are there after a restart',
    needsReopen: true,
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b')
      const before = await scene.life(ids[0])
      await scene.reopen()
      expect(await scene.life(ids[0])).toEqual(before)
      expect(await scene.enqueue('b', 'a')).toEqual([ids[1], ids[0]])
      const [next] = await scene.enqueue('c')
      expect(next).toBeGreaterThan(ids[1])
      const batch = await scene.sealed(ids)
      const read = { submissionId: batch.id, after: -1, limit: 10 }
      const members = await scene.store.readMembers(read)
      expect(members.map((member) => member.requestId)).toEqual(ids)
      expect(members.every((member) => member.body.length > 0)).toBe(true)
    },
  },
  {
    name: 'a job is resumed after a restart where it was left',
    needsReopen: true,
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a', 'b'])
      const next = await openJob(scene)
      await putInto(scene, next, ['b', 'c', 'a*'], 'supersede')
      await scene.reopen()
      expect(await openJob(scene)).toEqual(next)
      expect(await listing(scene, job.id)).toEqual(['1:a', '2:b'])
      expect(await plannable(scene)).toBe(1)
      const again = await putInto(scene, next, ['b', 'c', 'a*'], 'supersede')
      expect(again.map((answer) => [answer.type, answer.part, answer.repeatsRow])).toEqual([
        ['same', 1, null],
        ['same', 2, null],
        ['same', 2, null],
      ])
      await commit(scene, next, { newRows: 2, rowCount: 3 })
      expect(await listing(scene, job.id)).toEqual(['1:b', '2:c', '3:a'])
      await scene.reopen()
      expect(await listing(scene, job.id)).toEqual(['1:b', '2:c', '3:a'])
    },
  },
  {
    name: 'a send that began is known after a restart, whatever became of it',
    needsReopen: true,
    run: async (scene) => {
      const batch = await scene.sealed(await scene.enqueue('a', 'b'))
      await beginSend(scene, batch)
      const before = await scene.submission(batch)
      await scene.reopen()
      expect(await scene.submission(batch)).toEqual(before)
      const found = anEndedBatch({ succeeded: 2 }, { id: batch.remoteId })
      const evidence = await learn(scene, batch, { type: 'found', batch: found })
      expect(evidence).toMatchObject({ type: 'applied' })
      await scene.reopen()
      expect(await scene.submission(batch)).toEqual(evidence.submission)
    },
  },
  {
    name: 'a search goes on after a restart where it was',
    needsReopen: true,
    run: async (scene) => {
      const batch = await ambiguous(scene, await scene.enqueue('a'))
      const scanned = await scan(scene, batch)
      const { account } = scene
      await scene.store.markForeign({ account, remoteIds: [batch.remoteId] })
      await scene.reopen()
      expect(await scene.submission(batch)).toEqual(scanned)
      const remoteIds = [batch.remoteId]
      const { foreign } = await scene.store.knownBatches({ account, remoteIds })
      expect(foreign.size).toBe(1)
    },
  },
  {
    name: 'answers, money and counters are there after a restart',
    needsReopen: true,
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const [a, b] = answers
      const batch = await ended(scene, [a.id, b.id], { succeeded: 1, errored: 1 })
      await settle(scene, batch, aSuccess(a.id), anError(b.id))
      const notBefore = scene.clock.now() + 60_000
      const to = { type: 'waiting', notBefore, countAs: 'failure', batchLimit: 3 } as const
      await release(scene, batch, move(1, { outcome: 'errored', to }))
      const { project } = scene
      const read = { project, jobId: job.id, afterRow: 0, limit: 10 }
      const before = [
        await scene.store.readResults(read),
        await scene.store.report({ scope: { project } }),
        await scene.life(b.id),
      ]
      await scene.reopen()
      expect([
        await scene.store.readResults(read),
        await scene.store.report({ scope: { project } }),
        await scene.life(b.id),
      ]).toEqual(before)
      expect(await settle(scene, batch, aSuccess(a.id))).toMatchObject({ duplicates: 1 })
    },
  },
  {
    name: 'a lease outlives a restart, and so do epochs',
    needsReopen: true,
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await running(scene, [id])
      const fence = await scene.fence(batch)
      await scene.reopen()
      expect((await scene.claim('submissions', 'worker-2' as WorkerId)).leases).toEqual([])
      await scene.store.renew({ fence, leaseMs: 60_000 })
      await scene.clock.advance(60_000)
      await scene.reopen()
      const { leases } = await scene.claim('submissions', 'worker-2' as WorkerId)
      expect(leases[0]?.epoch).toBeGreaterThan(fence.epoch)
      await expect(scene.store.renew({ fence, leaseMs: 60_000 })).rejects.toBeInstanceOf(
        LeaseLostError,
      )
    },
  },
  {
    name: 'settings keep their value and their version over a restart',
    needsReopen: true,
    run: async (scene) => {
      const name = { scope: 'store', name: 'identity' }
      await scene.store.putSetting({ ...name, value: { a: [1] }, ifVersion: null })
      await scene.reopen()
      expect(await scene.store.getSetting(name)).toEqual({ value: { a: [1] }, version: 1 })
      expect(await scene.store.putSetting({ ...name, value: 2, ifVersion: null })).toBeNull()
    },
  },
]
