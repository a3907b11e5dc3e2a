import type { NanoUsd, ProjectId, Report } from '@halfrate/core'
import { expect } from 'vitest'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { committedJob } from './job-steps.js'
import type { Scene } from './scene.js'
import { ended, lost, move, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

function report(scene: Scene, scope: object = {}): Promise<Report> {
  return scene.store.report({ scope: { project: scene.project, ...scope } })
}

/** Progress and money. */
export const reportCases: readonly StoreCase[] = [
  {
    name: 'a report of nothing is all zeros',
    run: async (scene) => {
      expect(await report(scene)).toEqual({
        counts: {
          total: 0,
          byState: { waiting: 0, assigned: 0, done: 0 },
          byStatus: { succeeded: 0, failed: 0, canceled: 0 },
          byReason: {},
          retrying: 0,
          assignedBySubmission: {},
        },
        money: {
          paidNano: 0,
          realtimeNano: 0,
          wasteNano: 0,
          unpricedAttempts: 0,
          possiblyPaidAttempts: 0,
          possiblyPaidNano: 0,
        },
        nextDueAt: null,
      })
    },
  },
  {
    name: 'requests are counted by where they are and how they ended',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c', 'd', 'e', 'f')
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [ids[5]], reason: 'canceled' })
      const batch = await ended(scene, [ids[0], ids[1], ids[2]], { succeeded: 1, errored: 2 })
      await settle(scene, batch, aSuccess(ids[0]), anError(ids[1]), anError(ids[2]))
      const verdict = { status: 'failed', reason: 'errored', detail: 'x' } as const
      const notBefore = scene.clock.now() + 5_000
      const to = { type: 'waiting', notBefore, countAs: 'failure', batchLimit: null } as const
      await release(
        scene,
        batch,
        move(1, { outcome: 'errored', to: { type: 'done', verdict } }),
        move(2, { outcome: 'errored', to }),
      )
      await running(scene, [ids[3]])
      await scene.sealed([ids[4]])
      const { counts, nextDueAt } = await report(scene)
      expect(counts).toEqual({
        total: 6,
        byState: { waiting: 1, assigned: 2, done: 3 },
        byStatus: { succeeded: 1, failed: 1, canceled: 1 },
        byReason: { errored: 1, canceled: 1 },
        retrying: 1,
        assignedBySubmission: { in_progress: 1, sealed: 1 },
      })
      expect(nextDueAt).toBe(notBefore)
    },
  },
  {
    name: 'money adds up: paid, the same in real time, waste, and what has no price',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const first = await ended(scene, [a, b])
      await settle(
        scene,
        first,
        aSuccess(a, { usability: 'empty', verdict: null, text: '1' }),
        aSuccess(b, { costNano: null, realtimeNano: null }),
      )
      await release(scene, first, move(0, { outcome: 'succeeded' }))
      const second = await ended(scene, [a])
      await settle(scene, second, aSuccess(a, { costNano: 7 as NanoUsd, text: '2' }))
      expect((await report(scene)).money).toEqual({
        paidNano: 150_007,
        realtimeNano: 600_000,
        wasteNano: 150_000,
        unpricedAttempts: 1,
        possiblyPaidAttempts: 0,
        possiblyPaidNano: 0,
      })
    },
  },
  {
    name: 'what may have been paid is counted with the most that it can have cost',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await lost(scene, [a, b])
      await release(scene, batch, move(0, { possiblyPaid: true }), move(1))
      expect((await report(scene)).money).toMatchObject({
        paidNano: 0,
        possiblyPaidAttempts: 1,
        possiblyPaidNano: 1_000_000,
      })
    },
  },
  {
    name: 'what was paid for a request that was superseded later was paid all the same',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await settle(scene, batch, aSuccess(id))
      const changed = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
      await scene.put([changed], { onConflict: 'supersede' })
      const { counts, money } = await report(scene)
      expect(counts).toMatchObject({ total: 1, byState: { waiting: 1, done: 0 } })
      expect(money.paidNano).toBe(150_000)
    },
  },
  {
    name: 'a report is about its job, its queue or its project alone',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const [loose] = await scene.enqueue('loose')
      const day = { queue: 'day' as typeof scene.queue }
      await scene.enqueueRows([anIntakeRow({ key: 'd' })], day)
      await scene.enqueueRows([anIntakeRow({ key: 'x' })], { project: 'other' as ProjectId })
      const batch = await ended(scene, [answers[0].id, loose])
      await settle(scene, batch, aSuccess(answers[0].id), aSuccess(loose))
      const totals = async (scope: object): Promise<readonly [number, number]> => {
        const { counts, money } = await report(scene, scope)
        return [counts.total, money.paidNano]
      }
      expect(await totals({ jobId: job.id })).toEqual([2, 150_000])
      expect(await totals({ queue: scene.queue })).toEqual([3, 300_000])
      expect(await totals(day)).toEqual([1, 0])
      expect(await totals({})).toEqual([4, 300_000])
      expect(await totals({ project: 'other' as ProjectId })).toEqual([1, 0])
      expect(await totals({ project: 'other' as ProjectId, jobId: job.id })).toEqual([0, 0])
    },
  },
]
