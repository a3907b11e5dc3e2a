import type {
  JobId,
  NanoUsd,
  ProjectId,
  RemoteId,
  RequestId,
  Spending,
  Submission,
} from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { commit, committedJob, openJob, putInto } from './job-steps.js'
import type { Scene } from './scene.js'
import {
  accept,
  beginSend,
  ended,
  learn,
  lost,
  move,
  release,
  running,
  runningBatch,
  sending,
  settle,
} from './send-steps.js'
import type { StoreCase } from './store-case.js'

/** The hold of each member of a batch in a scene. */
const HOLD = 1_000_000

function spending(
  scene: Scene,
  { id: jobId }: { readonly id: JobId },
  project: ProjectId = scene.project,
): Promise<Spending> {
  return scene.store.spending({ project, jobId })
}

function spent(some: Partial<Record<keyof Spending, number>> = {}): object {
  const openAttempts = (some.heldNano ?? 0) / HOLD
  return {
    paidNano: 0,
    possiblyPaidNano: 0,
    heldNano: 0,
    openAttempts,
    unknownAttempts: 0,
    ...some,
  }
}

/** What counts against the cap of a job. */
export const spendingCases: readonly StoreCase[] = [
  {
    name: 'a job of which nothing was sent has spent nothing',
    run: async (scene) => {
      const { job } = await committedJob(scene, ['a'])
      expect(await spending(scene, job)).toEqual(spent())
      expect(await spending(scene, { id: 1 as JobId })).toEqual(spent())
    },
  },
  {
    name: 'a hold counts from the moment at which a request joins, and a cost in its place',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b', 'c'])
      const [a, b, c] = answers.map(({ id }) => id) as [RequestId, RequestId, RequestId]
      await scene.filling([a])
      expect(await spending(scene, job)).toEqual(spent({ heldNano: HOLD }))
      const batch = await ended(scene, [b, c])
      expect(await spending(scene, job)).toEqual(spent({ heldNano: 3 * HOLD }))
      await settle(scene, batch, aSuccess(b))
      const after = spent({ paidNano: 150_000, heldNano: 2 * HOLD })
      expect(await spending(scene, job)).toEqual(after)
    },
  },
  {
    name: 'an unpaid outcome frees its hold when its batch is collected, as a success may still replace it until then',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a'])
      const batch = await ended(scene, [answers[0].id], { errored: 1 })
      await settle(scene, batch, anError(answers[0].id))
      expect(await spending(scene, job)).toEqual(spent({ heldNano: HOLD }))
      const to = { type: 'waiting', notBefore: 0, countAs: 'failure', batchLimit: null } as const
      await release(scene, batch, move(0, { outcome: 'errored', to }))
      const fence = await scene.fence(batch)
      await scene.store.closeSubmission({ fence, submissionId: batch.id })
      expect(await spending(scene, job)).toEqual(spent())
      await running(scene, [answers[0].id])
      expect(await spending(scene, job)).toEqual(spent({ heldNano: HOLD }))
    },
  },
  {
    name: 'what is withdrawn before it is sent counts no more',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const ids = answers.map(({ id }) => id)
      await scene.sealed(ids)
      const { project } = scene
      await scene.store.cancel({ project, requestIds: ids.slice(0, 1), reason: 'canceled' })
      expect(await spending(scene, job)).toEqual(spent({ heldNano: HOLD }))
    },
  },
  {
    name: 'a withdrawn member does not count either while its batch is at the provider',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const ids = answers.map(({ id }) => id)
      const batch = await scene.sealed(ids)
      const { project } = scene
      await scene.store.cancel({ project, requestIds: ids.slice(0, 1), reason: 'canceled' })
      await beginSend(scene, batch)
      await accept(scene, batch)
      expect(await spending(scene, job)).toEqual(spent({ heldNano: HOLD }))
    },
  },
  {
    name: 'a lost batch counts until its members are free, for what may have been paid, and anew when it is found',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const ids = answers.map(({ id }) => id)
      const batch = await lost(scene, ids)
      expect(await spending(scene, job)).toEqual(spent({ heldNano: 2 * HOLD }))
      await release(scene, batch, move(0, { possiblyPaid: true }), move(1))
      expect(await spending(scene, job)).toEqual(spent({ possiblyPaidNano: HOLD }))
      await learn(scene, batch, { type: 'found', batch: runningBatch(batch) })
      expect(await spending(scene, job)).toEqual(spent({ heldNano: 2 * HOLD }))
    },
  },
  {
    name: 'a paid answer without a price counts at its hold, and what has no hold either by number, under way or not',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const [a, b] = answers.map(({ id }) => id) as [RequestId, RequestId]
      const unpriced = { costNano: null, realtimeNano: null }
      const batch = await ended(scene, [a])
      await settle(scene, batch, aSuccess(a, unpriced))
      expect(await spending(scene, job)).toEqual(spent({ possiblyPaidNano: HOLD }))
      await sending(scene, [b], { holdNano: null })
      const after = spent({ possiblyPaidNano: HOLD, openAttempts: 1, unknownAttempts: 1 })
      expect(await spending(scene, job)).toEqual(after)
    },
  },
  {
    name: "a twin's paid answers count beside those of the batch that it is the twin of",
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const [a, b] = answers.map(({ id }) => id) as [RequestId, RequestId]
      const batch = await ended(scene, [a, b])
      const twin = anEndedBatch({ succeeded: 1 }, { id: 'msgbatch_twin' as RemoteId })
      const { submission } = await learn(scene, batch, { type: 'found', batch: twin })
      await settle(scene, batch, aSuccess(a), aSuccess(b, { costNano: 7 as NanoUsd }))
      const submissionId = (submission as Submission).id
      const lines = [aSuccess(a, { costNano: 1_000 as NanoUsd })]
      await scene.store.settle({ submissionId, addMissing: true, lines })
      expect(await spending(scene, job)).toEqual(spent({ paidNano: 151_007 }))
    },
  },
  {
    name: 'what an earlier input listed counts too, and what a changed row took the place of',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const [a, b] = answers.map(({ id }) => id) as [RequestId, RequestId]
      const batch = await ended(scene, [a, b])
      await settle(scene, batch, aSuccess(a), aSuccess(b, { costNano: 7 as NanoUsd }))
      const next = await openJob(scene)
      await putInto(scene, next, ['a*'], 'supersede')
      await commit(scene, next, { newRows: 1, rowCount: 1 })
      expect(await spending(scene, job)).toEqual(spent({ paidNano: 150_007 }))
    },
  },
  {
    name: 'requests of other jobs, outside any, and of other projects count for none',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a'])
      const { job: other, answers: others } = await committedJob(scene, ['a'], 'july')
      const [loose] = await scene.enqueue('b')
      await running(scene, [answers[0].id, others[0].id, loose])
      expect(await spending(scene, job)).toEqual(spent({ heldNano: HOLD }))
      expect(await spending(scene, other)).toEqual(spent({ heldNano: HOLD }))
      expect(await spending(scene, job, 'elsewhere' as ProjectId)).toEqual(spent())
    },
  },
]
