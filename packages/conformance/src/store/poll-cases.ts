import { LeaseLostError, type RemoteBatch, type RemoteId, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch, aRemoteBatch, someCounts } from '../builders/a-remote-batch.js'
import type { Batch, Scene } from './scene.js'
import { end, ended, running, runningBatch } from './send-steps.js'
import type { StoreCase } from './store-case.js'

async function poll(
  scene: Scene,
  batch: Batch,
  remote: RemoteBatch,
  askedAt = scene.clock.now(),
): ReturnType<Scene['store']['recordPoll']> {
  const nextStepAt = scene.clock.now() + 30_000
  return scene.store.recordPoll({ submissionId: batch.id, askedAt, batch: remote, nextStepAt })
}

/** What the provider says of a batch, and when to look again. */
export const pollCases: readonly StoreCase[] = [
  {
    name: 'a poll brings the counts up to date and says when to look again',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a', 'b'))
      await scene.clock.advance(60_000)
      const counts = someCounts({ processing: 1, succeeded: 1 })
      const polled = await poll(scene, batch, aRemoteBatch({ id: batch.remoteId, counts }))
      expect(polled).toMatchObject({
        state: 'in_progress',
        counts,
        polledAt: scene.clock.now(),
        nextStepAt: scene.clock.now() + 30_000,
      })
      expect(await scene.submission(batch)).toEqual(polled)
    },
  },
  {
    name: 'an answer to an older question changes nothing',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a', 'b'))
      const early = scene.clock.now()
      await scene.clock.advance(60_000)
      const counts = someCounts({ succeeded: 2 })
      const newest = await poll(scene, batch, aRemoteBatch({ id: batch.remoteId, counts }))
      const late = await poll(scene, batch, runningBatch(batch), early)
      expect(late).toEqual(newest)
    },
  },
  {
    name: 'a status never goes back',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a'))
      const canceling = { ...runningBatch(batch), status: 'canceling' } as const
      expect(await poll(scene, batch, canceling)).toMatchObject({ state: 'canceling' })
      await scene.clock.advance(1_000)
      expect(await poll(scene, batch, runningBatch(batch))).toMatchObject({ state: 'canceling' })
      await end(scene, batch, { canceled: 1 })
      await scene.clock.advance(1_000)
      expect(await poll(scene, batch, canceling)).toMatchObject({
        state: 'ended',
        remoteStatus: 'ended',
        counts: someCounts({ canceled: 1 }),
      })
    },
  },
  {
    name: 'a batch that ended is ended, with its final counts',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a', 'b'))
      await scene.clock.advance(60_000)
      const final = anEndedBatch({ succeeded: 1, expired: 1 }, { id: batch.remoteId })
      expect(await poll(scene, batch, final)).toMatchObject({
        state: 'ended',
        remoteStatus: 'ended',
        counts: final.counts,
        remoteEndedAt: final.endedAt,
        endedAt: scene.clock.now(),
      })
    },
  },
  {
    name: 'what is said of another batch is not believed of this one',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a'))
      const before = await scene.submission(batch)
      const other = anEndedBatch({ succeeded: 1 }, { id: 'msgbatch_other' as RemoteId })
      expect(await poll(scene, batch, other)).toEqual(before)
    },
  },
  {
    name: 'that a batch was archived is noted after its end too',
    run: async (scene) => {
      const batch = await ended(scene, await scene.enqueue('a'))
      await scene.clock.advance(1_000)
      const archivedAt = scene.clock.now()
      const archived = anEndedBatch({ succeeded: 1 }, { id: batch.remoteId, archivedAt })
      expect(await poll(scene, batch, archived)).toMatchObject({
        state: 'ended',
        remoteArchivedAt: archivedAt,
      })
    },
  },
  {
    name: 'collecting is noted under the lease of the submission',
    run: async (scene) => {
      const batch = await ended(scene, await scene.enqueue('a'))
      const now = scene.clock.now()
      const collecting = {
        completeFetches: 2,
        firstCompleteAt: now,
        missingAnswers: 1,
        firstMissingAt: now - 5,
        failedFetches: 4,
      }
      const note = {
        fence: await scene.fence(batch),
        submissionId: batch.id,
        nextStepAt: now + 9_000,
      }
      const noted = await scene.store.noteSubmission({ ...note, collecting })
      expect(noted).toMatchObject({ collecting, nextStepAt: now + 9_000 })
      const later = await scene.store.noteSubmission({ ...note, nextStepAt: now + 10_000 })
      expect(later).toMatchObject({ collecting, nextStepAt: now + 10_000 })
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      await expect(scene.store.noteSubmission(note)).rejects.toBeInstanceOf(LeaseLostError)
    },
  },
  {
    name: 'submissions are listed by state, account and begin of their send',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const first = await running(scene, [a])
      await scene.clock.advance(10_000)
      const second = await ended(scene, [b])
      const third = await scene.sealed([c])
      const list = async (
        overrides: Partial<Parameters<Scene['store']['listSubmissions']>[0]>,
      ): Promise<readonly number[]> => {
        const all = { account: null, states: null, afterId: 0, limit: 10 }
        const found = await scene.store.listSubmissions({ ...all, ...overrides })
        return found.map((submission) => submission.id)
      }
      expect(await list({})).toEqual([first.id, second.id, third.id])
      expect(await list({ states: ['ended', 'sealed'] })).toEqual([second.id, third.id])
      expect(await list({ states: [] })).toEqual([])
      expect(await list({ account: 'second' as typeof scene.account })).toEqual([])
      expect(await list({ account: scene.account, afterId: first.id })).toEqual([
        second.id,
        third.id,
      ])
      expect(await list({ sentSince: scene.clock.now() })).toEqual([second.id])
      expect(await list({ sentSince: scene.clock.now() - 10_000 })).toEqual([first.id, second.id])
      expect(await list({ limit: 1 })).toEqual([first.id])
    },
  },
  {
    name: 'there is no submission where there is none',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const submissionId = id as number as Batch['id']
      expect(await scene.store.getSubmission({ submissionId })).toBeNull()
    },
  },
]
