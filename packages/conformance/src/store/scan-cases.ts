import { LeaseLostError, type RemoteId, type Search, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { accept, ambiguous, learn, running, scan, sending } from './send-steps.js'
import type { StoreCase } from './store-case.js'

/** Looking for an answer that was lost. */
export const scanCases: readonly StoreCase[] = [
  {
    name: 'a scan is kept as one document',
    run: async (scene) => {
      const batch = await ambiguous(scene, await scene.enqueue('a'))
      const now = scene.clock.now()
      const search: Search = {
        clearSince: now - 5,
        scans: 1,
        candidates: [
          {
            remoteId: 'msgbatch_x' as RemoteId,
            createdAt: now - 10,
            unreadableFetches: 2,
            firstUnreadableAt: now - 7,
            vanished: true,
          },
        ],
        missing: [{ remoteId: 'msgbatch_y' as RemoteId, firstMissingAt: now - 9, tries: 3 }],
      }
      const recorded = await scene.store.recordScan({
        fence: await scene.fence(batch),
        submissionId: batch.id,
        basedOnScans: 0,
        search,
        nextStepAt: now + 60_000,
        lost: null,
      })
      expect(recorded).toMatchObject({ state: 'ambiguous', search, nextStepAt: now + 60_000 })
      expect(await scene.submission(batch)).toEqual(recorded)
    },
  },
  {
    name: 'a scan that is based on an older one changes nothing',
    run: async (scene) => {
      const batch = await ambiguous(scene, await scene.enqueue('a'))
      await scan(scene, batch)
      const before = await scene.submission(batch)
      const late = await scan(scene, batch, { basedOnScans: 0, lost: { possiblyPaid: false } })
      expect(late).toEqual(before)
      expect(before.search.scans).toBe(1)
      expect((await scan(scene, batch)).search.scans).toBe(2)
    },
  },
  {
    name: 'a scan that is recorded long after it was read does not outvote what was found meanwhile',
    run: async (scene) => {
      const batch = await ambiguous(scene, await scene.enqueue('a'))
      await scan(scene, batch)
      await scene.clock.advance(3_600_000)
      const found = anEndedBatch({ succeeded: 1 }, { id: batch.remoteId })
      await learn(scene, batch, { type: 'found', batch: found })
      const before = await scene.submission(batch)
      const late = await scan(scene, batch, { basedOnScans: 1, lost: { possiblyPaid: true } })
      expect(late).toEqual(before)
      expect(late.state).toBe('ended')
    },
  },
  {
    name: 'a submission that is declared lost frees its hold and is due at once',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ambiguous(scene, [id])
      await scan(scene, batch)
      await scene.clock.advance(900_000)
      const gone = await scan(scene, batch, { lost: { possiblyPaid: true } })
      expect(gone).toMatchObject({
        state: 'lost',
        verdictAt: scene.clock.now(),
        possiblyPaid: true,
        holdNano: 0,
        nextStepAt: scene.clock.now(),
      })
      expect(gone.search.scans).toBe(2)
      expect((await scene.request(id)).state).toBe('assigned')
      expect(await scan(scene, batch)).toEqual(gone)
    },
  },
  {
    name: 'a person who is asked decides, and only then: the submission is lost, its hold free, its members due',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ambiguous(scene, [id])
      await scan(scene, batch)
      const before = await scene.submission(batch)
      const decided = { type: 'decided', decision: 'fail' } as const
      expect(await learn(scene, batch, decided)).toEqual({ type: 'known', submission: before })
      const askingSince = scene.clock.now()
      await scan(scene, batch, { askingSince })
      await scene.clock.advance(5_000)
      const { type, submission } = await learn(scene, batch, decided)
      expect(type).toBe('applied')
      expect(submission).toMatchObject({
        state: 'lost',
        verdictAt: scene.clock.now(),
        nextStepAt: scene.clock.now(),
        possiblyPaid: true,
        holdNano: 0,
        search: { scans: 2, askingSince, decision: 'fail' },
      })
      expect(await scene.submission(batch)).toEqual(submission)
      expect((await scene.request(id)).state).toBe('assigned')
      const again = await learn(scene, batch, { type: 'decided', decision: 'resend' })
      expect(again).toEqual({ type: 'known', submission })
    },
  },
  {
    name: 'a decision that comes after the batch was found changes nothing, and a scan can take the question back',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const decided = { type: 'decided', decision: 'resend' } as const
      const found = await ambiguous(scene, [a])
      await scan(scene, found, { askingSince: scene.clock.now() })
      await accept(scene, found)
      expect(await learn(scene, found, decided)).toMatchObject({ type: 'known' })
      expect((await scene.submission(found)).state).toBe('in_progress')
      const doubtful = await ambiguous(scene, [b])
      await scan(scene, doubtful, { askingSince: scene.clock.now() })
      await scan(scene, doubtful)
      expect(await learn(scene, doubtful, decided)).toMatchObject({ type: 'known' })
      expect((await scene.submission(doubtful)).state).toBe('ambiguous')
    },
  },
  {
    name: 'a submission that is still being sent is not declared lost',
    run: async (scene) => {
      const batch = await sending(scene, await scene.enqueue('a'))
      const before = await scene.submission(batch)
      expect(await scan(scene, batch, { lost: { possiblyPaid: false } })).toEqual(before)
    },
  },
  {
    name: 'a worker that lost the submission records no scan',
    run: async (scene) => {
      const batch = await ambiguous(scene, await scene.enqueue('a'))
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      await expect(scan(scene, batch)).rejects.toBeInstanceOf(LeaseLostError)
    },
  },
  {
    name: 'batches of other programs are remembered, those of ours never',
    run: async (scene) => {
      const batch = await running(scene, await scene.enqueue('a'))
      const { account } = scene
      const [x, y] = ['msgbatch_x' as RemoteId, 'msgbatch_y' as RemoteId]
      const remoteIds = [x, batch.remoteId]
      expect(await scene.store.markForeign({ account, remoteIds })).toEqual({ marked: 1 })
      const known = await scene.store.knownBatches({ account, remoteIds: [x, y, batch.remoteId] })
      expect([...known.ours]).toEqual([batch.remoteId])
      expect([...known.foreign]).toEqual([x])
    },
  },
  {
    name: 'an acceptance that arrives between two scans ends the search',
    run: async (scene) => {
      const batch = await ambiguous(scene, await scene.enqueue('a'))
      await scan(scene, batch)
      await accept(scene, batch)
      expect(await scan(scene, batch, { lost: { possiblyPaid: false } })).toMatchObject({
        state: 'in_progress',
        search: { scans: 1 },
      })
    },
  },
]
