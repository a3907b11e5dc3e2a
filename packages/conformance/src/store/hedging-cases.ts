import { LeaseLostError, type NanoUsd, type RequestId } from '@halfrate/core'
import { expect } from 'vitest'
import { aNonce } from '../builders/a-nonce.js'
import { aProviderError } from '../builders/a-provider-error.js'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { HOLD, hedge, hedged, LANE, opened } from './hedge-steps.js'
import type { Batch, Scene } from './scene.js'
import {
  ambiguous,
  beginSend,
  end,
  ended,
  learn,
  move,
  rejected,
  release,
  running,
  settle,
} from './send-steps.js'
import type { StoreCase } from './store-case.js'
import { violationsOf } from './violations-of.js'

const PAID = { costNano: 300_000 as NanoUsd, realtimeNano: 300_000 as NanoUsd }

async function close(scene: Scene, batch: Batch): Promise<string | undefined> {
  const fence = await scene.fence(batch)
  return (await scene.store.closeSubmission({ fence, submissionId: batch.id }))?.state
}

// The call is answered with a success that is booked at once.
async function answered(scene: Scene, call: Batch, id: RequestId): Promise<void> {
  await beginSend(scene, call)
  await settle(scene, call, aSuccess(id, { ...PAID, text: 'by call' }))
  const batch = anEndedBatch({ succeeded: 1 }, { id: call.remoteId })
  await learn(scene, call, { type: 'accepted', batch })
}

/** Members of a batch at the provider that are called as well, before it is back. */
export const hedgingCases: readonly StoreCase[] = [
  {
    name: 'a call beside a batch is sealed and due at once, of one request, which stays assigned with both attempts live',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b')
      const { batch, call } = await hedged(scene, ids)
      const now = scene.clock.now()
      expect(await scene.submission(call)).toMatchObject({
        ...{ state: 'sealed', lane: LANE, requestCount: 1, holdNano: HOLD, batchLimit: null },
        ...{ project: scene.project, queue: scene.queue, account: scene.account },
        ...{ openedAt: now, sealedAt: now, nextStepAt: now },
      })
      const [first, second] = await scene.attempts(ids[0])
      expect(first).toMatchObject({ submissionId: batch.id, number: 1, releasedAt: null })
      expect(second).toMatchObject({ submissionId: call.id, ordinal: 0, number: 2, outcome: null })
      expect(second).toMatchObject({ bodyId: first?.bodyId, holdNano: HOLD, releasedAt: null })
      expect(await scene.request(ids[0])).toMatchObject({ state: 'assigned', attemptCount: 2 })
      expect(await scene.request(ids[1])).toMatchObject({ state: 'assigned', attemptCount: 1 })
      const { counts } = await scene.store.report({ scope: { project: scene.project } })
      expect(counts.byState).toMatchObject({ assigned: 2 })
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'the same nonce again answers the call that has it, and a second call is not opened',
    run: async (scene) => {
      const ids = await scene.enqueue('a')
      const batch = await running(scene, ids)
      const nonce = aNonce(900)
      const first = await hedge(scene, batch, { nonce })
      expect(await hedge(scene, batch, { nonce })).toEqual(first)
      expect(await hedge(scene, batch)).toEqual({ type: 'gone' })
      expect(await scene.attempts(ids[0])).toHaveLength(2)
    },
  },
  {
    name: 'the first success ends the request, whichever it is, and the other one is waste that is kept and paid',
    run: async (scene) => {
      for (const isCallFirst of [true, false]) {
        const [id] = await scene.enqueue(`a ${isCallFirst}`)
        const { batch, call } = await hedged(scene, [id])
        const byBatch = async (): Promise<unknown> => {
          await end(scene, batch, { succeeded: 1 })
          return await settle(scene, batch, aSuccess(id, { text: 'by batch' }))
        }
        if (isCallFirst) await answered(scene, call, id)
        await byBatch()
        if (!isCallFirst) {
          // Nothing was sent of a call that is not needed any more.
          expect((await scene.submission(call)).requestCount).toBe(0)
          expect((await scene.attempts(id))[1]).toMatchObject({ withdrawn: true })
        }
        const winner = isCallFirst ? call : batch
        expect(await scene.request(id)).toMatchObject({
          ...{ state: 'done', result: { submissionId: winner.id, ordinal: 0 } },
        })
        expect(await close(scene, batch)).toBe('collected')
        if (isCallFirst) {
          expect(await close(scene, call)).toBe('collected')
          const wasted = (await scene.attempts(id)).map(({ waste }) => waste)
          expect(wasted).toEqual([true, false])
          // In real time it would have been asked once.
          const { money } = await scene.store.report({ scope: { project: scene.project } })
          expect(money).toMatchObject({ paidNano: 450_000, realtimeNano: 300_000 })
          expect(money.wasteNano).toBe(150_000)
          const page = { after: null, limit: 10, from: 0, to: Number.MAX_SAFE_INTEGER }
          const { rows } = await scene.store.readCosts({ project: scene.project, ...page })
          expect(rows.map((row) => [row.use, row.realtimeNano, row.route]).sort()).toEqual([
            ['paid_twice', 0, 'batch'],
            ['used', 300_000, 'hedge'],
          ])
        }
        expect(await violationsOf(scene.store)).toEqual([])
      }
    },
  },
  {
    name: 'both sides that are answered while the other closes end in one result',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const { batch, call } = await hedged(scene, [id])
      await beginSend(scene, call)
      await end(scene, batch, { succeeded: 1 })
      const fence = await scene.fence(batch)
      const byCall = { submissionId: call.id, addMissing: false }
      const results = await Promise.all([
        scene.store.settle({ ...byCall, lines: [aSuccess(id, { ...PAID, text: 'by call' })] }),
        settle(scene, batch, aSuccess(id, { text: 'by batch' })),
        scene.store.closeSubmission({ fence, submissionId: batch.id }),
      ])
      expect(results[0].done + results[1].done).toBe(1)
      await learn(scene, call, {
        type: 'accepted',
        batch: anEndedBatch({ succeeded: 1 }, { id: call.remoteId }),
      })
      expect(await close(scene, call)).toBe('collected')
      await close(scene, batch)
      expect((await scene.submission(batch)).state).toBe('collected')
      const attempts = await scene.attempts(id)
      expect(attempts.map(({ waste }) => waste).sort()).toEqual([false, true])
      expect((await scene.request(id)).verdict?.status).toBe('succeeded')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a failure of one side waits for the other: its verdict is kept, and a success still counts',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const { batch, call } = await hedged(scene, [id])
      await beginSend(scene, call)
      await settle(scene, call, anError(id, { errorType: 'invalid_request_error' }))
      await learn(scene, call, {
        type: 'accepted',
        batch: anEndedBatch({ errored: 1 }, { id: call.remoteId }),
      })
      const verdict = { status: 'failed', reason: 'errored', detail: 'invalid' } as const
      await release(scene, call, move(0, { outcome: 'errored', to: { type: 'done', verdict } }))
      expect(await scene.request(id)).toMatchObject({ state: 'assigned', verdict })
      expect(await hedge(scene, batch)).toEqual({ type: 'gone' })
      await end(scene, batch, { succeeded: 1 })
      await settle(scene, batch, aSuccess(id))
      expect((await scene.request(id)).verdict?.status).toBe('succeeded')
      expect(await close(scene, batch)).toBe('collected')
      expect(await close(scene, call)).toBe('collected')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'when both sides fail the request goes with the last of them',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const { batch, call } = await hedged(scene, [id])
      await end(scene, batch, { expired: 1 })
      await settle(scene, batch, anError(id, { outcome: 'expired', errorType: null }))
      await release(scene, batch, move(0, { outcome: 'expired' }))
      expect((await scene.request(id)).state).toBe('assigned')
      await beginSend(scene, call)
      await learn(scene, call, { type: 'refused', error: aProviderError({ status: 429 }) })
      await release(scene, call, move(0))
      expect((await scene.request(id)).state).toBe('waiting')
      expect(await close(scene, batch)).toBe('collected')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a call that was refused, or never sent, may be made again, and one that may have been paid may not',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const { batch, call } = await hedged(scene, [id])
      const fence = await scene.fence(call)
      await scene.store.dissolve({ fence, submissionId: call.id })
      expect(await scene.request(id)).toMatchObject({ state: 'assigned', attemptCount: 2 })
      const refused = await opened(scene, batch, [id])
      await beginSend(scene, refused)
      await learn(scene, refused, { type: 'refused', error: aProviderError({ status: 429 }) })
      await release(scene, refused, move(0))
      const gone = await opened(scene, batch, [id])
      await beginSend(scene, gone)
      await learn(scene, gone, { type: 'ambiguous', error: aProviderError() })
      const search = { ...(await scene.submission(gone)).search, scans: 1 }
      await scene.store.recordScan({
        ...{ fence: await scene.fence(gone), submissionId: gone.id, basedOnScans: 0, search },
        ...{ nextStepAt: scene.clock.now(), lost: { possiblyPaid: true } },
      })
      await release(scene, gone, move(0, { possiblyPaid: true }))
      expect(await hedge(scene, batch)).toEqual({ type: 'gone' })
      expect((await scene.request(id)).state).toBe('assigned')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'what is not open at the provider is not called: waiting, answered, canceled, given up or unknown',
    run: async (scene) => {
      const [failed, canceled, back, sealed] = await scene.enqueue('a', 'b', 'c', 'd')
      const answeredBatch = await ended(scene, [failed], { errored: 1 })
      await settle(scene, answeredBatch, anError(failed))
      expect(await hedge(scene, answeredBatch)).toEqual({ type: 'gone' })
      const flagged = await running(scene, [canceled])
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [canceled], reason: 'canceled' })
      expect(await hedge(scene, flagged)).toEqual({ type: 'gone' })
      expect(await hedge(scene, flagged, { ordinal: 5 })).toEqual({ type: 'gone' })
      const refused = await rejected(scene, [back])
      expect(await hedge(scene, refused)).toEqual({ type: 'gone' })
      const unsent = await scene.sealed([sealed])
      expect(await hedge(scene, unsent)).toEqual({ type: 'gone' })
      for (const id of [failed, canceled, back, sealed]) {
        expect(await scene.attempts(id)).toHaveLength(1)
      }
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a batch whose answer was lost can be hedged too',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ambiguous(scene, [id])
      const call = await opened(scene, batch, [id])
      await answered(scene, call, id)
      expect((await scene.request(id)).verdict?.status).toBe('succeeded')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'canceling a request withdraws the call that was not sent yet, and flags the batch',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const { batch, call } = await hedged(scene, [id])
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [id], reason: 'canceled' })
      expect((await scene.request(id)).cancelRequestedAt).not.toBeNull()
      expect((await scene.submission(batch)).cancelRequestedAt).not.toBeNull()
      await beginSend(scene, call)
      await end(scene, batch, { canceled: 1 })
      await settle(scene, batch, anError(id, { outcome: 'canceled', errorType: null }))
      await release(scene, batch, move(0, { outcome: 'canceled' }))
      expect((await scene.request(id)).state).not.toBe('waiting')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'only who holds the lease of the batch may hedge it',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await running(scene, [id])
      const fence = await scene.fence(batch)
      const other = hedge(scene, batch, { fence: { ...fence, epoch: fence.epoch - 1 } })
      await expect(other).rejects.toThrow(LeaseLostError)
      expect(await scene.attempts(id)).toHaveLength(1)
    },
  },
]
