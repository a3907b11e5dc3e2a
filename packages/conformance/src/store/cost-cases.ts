import type { NanoUsd, ProjectId, QueueName, RequestId } from '@halfrate/core'
import type { CostPlace, CostRow } from '@halfrate/core/money'
import { expect } from 'vitest'
import { anError, aSuccess, SOME_USAGE } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { committedJob } from './job-steps.js'
import type { Scene } from './scene.js'
import { ended, lost, move, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

interface Question {
  readonly from?: number
  readonly to?: number
  readonly limit?: number
  readonly project?: ProjectId
}

/** Reads to the end, and checks that no page is longer than it may be and that cursors move on. */
async function costs(scene: Scene, question: Question = {}): Promise<readonly CostRow[]> {
  const { store, project } = scene
  const { limit = store.traits.pageLimit } = question
  const query = { project, from: 0, to: Number.MAX_SAFE_INTEGER, ...question, limit }
  const rows: CostRow[] = []
  for (let after: CostPlace | null = null; ; ) {
    const page: Awaited<ReturnType<typeof store.readCosts>> = await store.readCosts({
      ...query,
      after,
    })
    expect(page.rows.length).toBeLessThanOrEqual(Math.min(limit, store.traits.pageLimit))
    rows.push(...page.rows)
    if (page.next === null) return rows
    expect(isAfter(page.next, after)).toBe(true)
    after = page.next
  }
}

function isAfter(next: CostPlace, after: CostPlace | null): boolean {
  if (after === null || next.submissionId > after.submissionId) return true
  return next.submissionId === after.submissionId && next.ordinal > after.ordinal
}

async function endedAt(scene: Scene, requests: readonly RequestId[]): Promise<number> {
  const batch = await ended(scene, requests)
  await settle(scene, batch, ...requests.map((id) => aSuccess(id)))
  const { remoteEndedAt } = await scene.submission(batch)
  expect(remoteEndedAt).not.toBeNull()
  return remoteEndedAt ?? 0
}

/** What costs are told by. */
export const costCases: readonly StoreCase[] = [
  {
    name: 'a cost says what it was for, what it cost, and when its batch ended',
    run: async (scene) => {
      const labels = { feature: 'summaries' }
      const [a] = await scene.enqueueRows([anIntakeRow({ key: 'a', labels })])
      const batch = await ended(scene, [a])
      await settle(scene, batch, aSuccess(a))
      const { remoteEndedAt, look } = await scene.submission(batch)
      const { model } = await scene.request(a)
      expect(await costs(scene)).toEqual([
        {
          ...{ submissionId: batch.id, ordinal: 0, requestId: a, jobId: null, jobName: null },
          ...{ route: 'batch', queue: scene.queue, account: scene.account },
          ...{ workspaceId: look?.workspaceId ?? null },
          ...{ labels, model, remoteId: batch.remoteId, billedAt: remoteEndedAt },
          ...{ outcome: 'succeeded', usage: SOME_USAGE, costNano: 150_000, realtimeNano: 300_000 },
          ...{ holdNano: 1_000_000, use: 'used', possiblyPaid: false, isNewest: true },
        },
      ])
    },
  },
  {
    name: 'what has no outcome yet is no cost, and what is not billed is one of nothing',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const [a, b] = answers.map(({ id }) => id) as [RequestId, RequestId]
      expect(await costs(scene)).toEqual([])
      const batch = await ended(scene, [a, b], { errored: 2 })
      expect(await costs(scene)).toEqual([])
      await settle(scene, batch, anError(b))
      const rows = await costs(scene)
      expect(rows).toMatchObject([
        {
          requestId: b,
          jobId: job.id,
          jobName: job.name,
          outcome: 'errored',
          usage: null,
          use: null,
        },
      ])
      expect(rows[0]?.costNano ?? 0).toBe(0)
    },
  },
  {
    name: 'what may have been paid is a cost without an outcome, at the time of its send',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await lost(scene, [a, b])
      await release(scene, batch, move(0, { possiblyPaid: true }), move(1))
      const { sendStartedAt } = await scene.submission(batch)
      const rows = await costs(scene)
      expect(rows).toMatchObject([
        { requestId: a, possiblyPaid: true, outcome: null, use: null, billedAt: sendStartedAt },
      ])
    },
  },
  {
    name: 'an answer without a price has none, and one to a canceled request was not used',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b])
      const { project } = scene
      const verdict = { status: 'canceled', reason: 'canceled', detail: null } as const
      await settle(
        scene,
        batch,
        aSuccess(a, { costNano: null, realtimeNano: null }),
        aSuccess(b, { verdict }),
      )
      expect((await scene.store.report({ scope: { project } })).money.unpricedAttempts).toBe(1)
      expect(await costs(scene)).toMatchObject([
        { requestId: a, costNano: null, realtimeNano: null, use: 'used' },
        { requestId: b, costNano: 150_000, use: 'not_used' },
      ])
    },
  },
  {
    name: 'a second success of the same body was paid twice, and only the newest attempt is the newest',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const first = await lost(scene, [a])
      await release(scene, first, move(0))
      const second = await running(scene, [a])
      await settle(scene, second, aSuccess(a))
      await scene.store.settle({
        submissionId: first.id,
        addMissing: false,
        lines: [aSuccess(a, { costNano: 7 as NanoUsd })],
      })
      expect(await costs(scene)).toMatchObject([
        { submissionId: first.id, costNano: 7, use: 'paid_twice', isNewest: false },
        { submissionId: second.id, costNano: 150_000, use: 'used', isNewest: true },
      ])
    },
  },
  {
    name: 'costs are of the time from an instant on and before another',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const at = await endedAt(scene, [a])
      expect(await costs(scene, { from: at, to: at + 1 })).toHaveLength(1)
      expect(await costs(scene, { from: at + 1 })).toEqual([])
      expect(await costs(scene, { to: at })).toEqual([])
    },
  },
  {
    name: 'costs are of one project, and of all of its queues',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const day = 'day' as QueueName
      const [b] = await scene.enqueueRows([anIntakeRow({ key: 'b' })], { queue: day })
      await endedAt(scene, [a])
      const batch = await running(scene, [b], { queue: day })
      await settle(scene, batch, aSuccess(b))
      expect((await costs(scene)).map(({ queue }) => queue)).toEqual([scene.queue, day])
      expect(await costs(scene, { project: 'elsewhere' as ProjectId })).toEqual([])
    },
  },
  {
    name: 'pages of costs have each cost once, whatever their size, over small batches and large ones',
    run: async (scene) => {
      const ids = await scene.enqueueMany(12)
      const [a, b, c] = [ids.slice(0, 1), ids.slice(1, 3), ids.slice(3, 11)]
      for (const some of [a, b, c, ids.slice(11)]) await endedAt(scene, some)
      for (const limit of [1, 2, 3, 4, 8, 100]) {
        const rows = await costs(scene, { limit })
        expect(rows.map(({ requestId }) => requestId)).toEqual(ids)
      }
    },
  },
  {
    name: 'costs behind more batches than one page looks up are found, though pages before them are empty',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const fence = await scene.queueFence()
      for (let made = 0; made < 101; made += 1) {
        const { id: submissionId } = await scene.filling([])
        await scene.store.dissolve({ fence, submissionId })
      }
      await endedAt(scene, [a])
      expect(await costs(scene)).toMatchObject([{ requestId: a }])
    },
  },
]
