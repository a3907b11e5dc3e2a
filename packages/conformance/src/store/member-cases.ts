import { LeaseLostError, laneKey, type NanoUsd, type WorkerId } from '@halfrate/core'
import { expect } from 'vitest'
import { aNonce } from '../builders/a-nonce.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { StoreCase } from './store-case.js'

const OTHER_LANE = laneKey({ betas: ['output-300k'] })

/** Opening submissions and taking members in. */
export const memberCases: readonly StoreCase[] = [
  {
    name: 'a submission opens empty, without a next step',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const fence = await scene.queueFence()
      const { project, account, queue } = scene
      const chosen = { project, account, queue, lane: OTHER_LANE, batchLimit: 7, nonce: aNonce(1) }
      const submission = await scene.store.openSubmission({ fence, ...chosen, upToId: id })
      expect(submission).toEqual({
        ...chosen,
        id: submission.id,
        state: 'filling',
        orphan: false,
        reclaimPending: false,
        twinOf: null,
        requestCount: 0,
        itemsBytes: 0,
        holdNano: 0,
        spentNano: null,
        upToId: id,
        openedAt: scene.clock.now(),
        sealedAt: null,
        look: null,
        sendStartedAt: null,
        sendNotAfterAt: null,
        remoteId: null,
        remoteStatus: null,
        remoteCreatedAt: null,
        remoteExpiresAt: null,
        remoteEndedAt: null,
        remoteArchivedAt: null,
        counts: null,
        polledAt: null,
        error: null,
        search: { clearSince: null, scans: 0, candidates: [], missing: [] },
        collecting: {
          completeFetches: 0,
          firstCompleteAt: null,
          missingAnswers: 0,
          firstMissingAt: null,
          failedFetches: 0,
        },
        verdictAt: null,
        possiblyPaid: false,
        endedAt: null,
        collectedAt: null,
        cancelRequestedAt: null,
        nextStepAt: null,
      })
      expect(await scene.submission(submission)).toEqual(submission)
      expect((await scene.store.queueFacts({ project, queue, upTo: 10 })).filling).toEqual([
        submission,
      ])
      const again = await scene.store.openSubmission({ fence, ...chosen, upToId: id })
      expect(again).toEqual(submission)
    },
  },
  {
    name: 'members take places in the order in which they are given',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const fence = await scene.queueFence()
      const batch = await scene.filling([c])
      const members = [
        { requestId: a, holdNano: 40 as NanoUsd },
        { requestId: b, holdNano: null },
      ]
      const filled = await scene.store.addMembers({ fence, submissionId: batch.id, members })
      expect(filled).toMatchObject({ requestCount: 3, holdNano: 1_000_040 })
      expect(filled.itemsBytes).toBe(3 * anIntakeRow({ key: 'a' }).itemBytes)
      const read = { submissionId: batch.id, after: -1, limit: 10 }
      const order = (await scene.store.readMembers(read)).map((member) => member.requestId)
      expect(order).toEqual([c, a, b])
      const [attempt] = await scene.attempts(b)
      const { bodyId, itemBytes } = await scene.request(b)
      expect(attempt).toEqual({
        submissionId: batch.id,
        ordinal: 2,
        requestId: b,
        project: scene.project,
        number: 1,
        bodyId,
        itemBytes,
        holdNano: null,
        outcome: null,
        usability: null,
        errorType: null,
        usage: null,
        costNano: null,
        realtimeNano: null,
        resultId: null,
        settledAt: null,
        releasedAt: null,
        withdrawn: false,
        possiblyPaid: false,
        waste: false,
      })
      expect(await scene.request(b)).toMatchObject({ state: 'assigned', attemptCount: 1 })
    },
  },
  {
    name: 'of two workers that fill one queue each takes what the other did not',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c')
      const mine = await scene.filling(ids.slice(0, 2))
      const old = await scene.queueFence()
      await scene.clock.advance(86_400_000)
      const { leases } = await scene.claim('queues', 'worker-2' as WorkerId)
      const fence = leases[0] ?? old
      const members = ids.map((requestId) => ({ requestId, holdNano: null }))
      const { project, account, queue } = scene
      const lane = laneKey({})
      const nonce = aNonce(900)
      const theirs = await scene.store.openSubmission({
        fence,
        project,
        account,
        queue,
        lane,
        batchLimit: null,
        nonce,
        upToId: ids[2],
      })
      await expect(
        scene.store.addMembers({ fence: old, submissionId: mine.id, members }),
      ).rejects.toBeInstanceOf(LeaseLostError)
      const filled = await scene.store.addMembers({ fence, submissionId: theirs.id, members })
      expect(filled.requestCount).toBe(1)
      expect((await scene.submission(mine)).requestCount).toBe(2)
      for (const id of ids) expect(await scene.attempts(id)).toHaveLength(1)
    },
  },
]
