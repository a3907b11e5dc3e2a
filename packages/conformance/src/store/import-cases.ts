import {
  DEFAULT_PROJECT,
  type RemoteId,
  type RequestId,
  type SubmissionId,
  type Verdict,
} from '@halfrate/core'
import { expect } from 'vitest'
import { aLook } from '../builders/a-look.js'
import { aNonce } from '../builders/a-nonce.js'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { anError, aSuccess, SUCCEEDED } from '../builders/a-result-line.js'
import { imported, importLines } from './import-steps.js'
import { beginSend, running } from './send-steps.js'
import type { StoreCase } from './store-case.js'
import { violationsOf } from './violations-of.js'

const remoteId = 'msgbatch_other' as RemoteId
const HOME_JOB = 'taken in'
const CUT_OFF: Verdict = { status: 'failed', reason: 'cut_off', detail: 'max_tokens' }

/** Taking in batches that the store did not send. */
export const importCases: readonly StoreCase[] = [
  {
    name: 'an ended batch that the store did not send gets a submission of its own, due at once',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const { account, project } = scene
      await scene.store.markForeign({ account, remoteIds: [remoteId] })
      const batch = anEndedBatch({ succeeded: 2 }, { id: remoteId })
      const look = aLook()
      const result = await importLines(scene, { batch, look, firstRequestId: a, lines: [] })
      expect(result).toMatchObject({ fresh: 0, done: 0, added: 0, unknown: [], conflicts: [] })
      expect(result.submission).toMatchObject({
        ...{ account, project, queue: scene.queue, state: 'ended', orphan: true, twinOf: null },
        ...{ remoteId, counts: batch.counts, requestCount: 2, holdNano: 0, look },
        ...{ sendStartedAt: null, nextStepAt: scene.clock.now(), endedAt: scene.clock.now() },
      })
      const again = await importLines(scene, { batch, look, firstRequestId: a, lines: [] })
      expect(again.submission).toEqual(result.submission)
      const known = await scene.store.knownBatches({ account, remoteIds: [remoteId] })
      expect({ ours: [...known.ours], foreign: known.foreign.size }).toEqual({
        ours: [remoteId],
        foreign: 0,
      })
    },
  },
  {
    name: 'its lines end the requests that wait or are in a batch that was not sent, and take them out of it',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const sealed = await scene.sealed([b, c])
      const result = await imported(scene, [
        { ...aSuccess(a), key: 'x1' },
        { ...aSuccess(b), key: 'x2' },
        { ...anError(c), key: 'x3' },
      ])
      expect(result).toMatchObject({ fresh: 3, done: 2, added: 0 })
      expect((await scene.request(a)).verdict).toEqual(SUCCEEDED)
      expect((await scene.request(b)).state).toBe('done')
      expect((await scene.request(c)).state).toBe('assigned')
      expect(await scene.submission(sealed)).toMatchObject({ requestCount: 1 })
      expect(await scene.attempts(a)).toMatchObject([
        { submissionId: result.submission.id, costNano: 150_000, waste: false },
      ])
      const again = await imported(scene, [{ ...aSuccess(a), key: 'x1' }])
      expect(again).toMatchObject({ fresh: 0, done: 0, added: 0 })
    },
  },
  {
    name: 'an answer that was paid and is of no use ends a request in a batch that was not sent too',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const sealed = await scene.sealed([a, b])
      const cutOff = aSuccess(a, { usability: 'cut_off', verdict: CUT_OFF })
      const result = await imported(scene, [{ ...cutOff, key: 'x1' }])
      expect(result).toMatchObject({ fresh: 1, done: 1, added: 0 })
      expect(await scene.request(a)).toMatchObject({ state: 'done', verdict: CUT_OFF })
      expect((await scene.request(b)).state).toBe('assigned')
      expect(await scene.submission(sealed)).toMatchObject({ requestCount: 1 })
      const started = await beginSend(scene, sealed)
      expect(started).toMatchObject({ type: 'sending' })
    },
  },
  {
    name: 'a request that the store lacks is added under the custom id, done, with what it cost',
    run: async (scene) => {
      const lacking = 7 as RequestId
      const result = await imported(scene, [
        { ...aSuccess(lacking), key: 'x1' },
        {
          ...anError(8 as RequestId),
          key: 'x2',
          end: { status: 'failed', reason: 'errored', detail: 'api_error' },
        },
      ])
      expect(result).toMatchObject({ fresh: 2, done: 2, added: 2 })
      const job = await scene.store.findJob({ project: scene.project, name: HOME_JOB })
      expect(job).toMatchObject({ state: 'committed', committedPart: 1, rowCount: 2 })
      const jobId = job?.id
      if (jobId === undefined) return
      const page = { project: scene.project, jobId, afterRow: 0, limit: 10 }
      const rows = await scene.store.readResults(page)
      expect(rows).toMatchObject([
        { request: { key: 'x1', row: 1, verdict: { status: 'succeeded' } } },
        { request: { key: 'x2', row: 2, verdict: { status: 'failed' } } },
      ])
      const { money, counts } = await scene.store.report({
        scope: { project: scene.project, jobId },
      })
      expect(money).toMatchObject({ paidNano: 150_000, wasteNano: 0 })
      expect(counts).toMatchObject({ total: 2, byStatus: { succeeded: 1, failed: 1 } })
      const facts = await scene.store.queueFacts({
        project: scene.project,
        queue: scene.queue,
        upTo: 10,
      })
      expect(facts.groups).toEqual([])
      await scene.store.sweep()
      const again = await imported(scene, [
        { ...aSuccess(lacking), key: 'x1' },
        { ...aSuccess(9 as RequestId), key: 'x3' },
      ])
      expect(again).toMatchObject({ fresh: 1, added: 1 })
      const after = await scene.store.readResults(page)
      expect(after.map(({ request }) => request.row)).toEqual([1, 2, 3])
    },
  },
  {
    name: 'a custom id of any form is a key: the row of the job that has it gets the answer',
    run: async (scene) => {
      const first = await imported(scene, [
        { ...aSuccess(1 as RequestId), requestId: null, key: 'k' },
      ])
      const other = anEndedBatch({ succeeded: 1 }, { id: 'msgbatch_more' as RemoteId })
      const second = await importLines(scene, {
        batch: other,
        nonce: aNonce(901),
        lines: [{ ...aSuccess(1 as RequestId, { text: 'again' }), requestId: null, key: 'k' }],
      })
      expect([first.added, second.added]).toEqual([1, 0])
      const { money } = await scene.store.report({ scope: { project: scene.project } })
      expect(money).toMatchObject({ paidNano: 300_000, wasteNano: 150_000 })
    },
  },
  {
    name: 'a batch of a submission that was not sent is its twin, and leaves it as it is',
    run: async (scene) => {
      const batch = await scene.sealed(await scene.enqueue('a', 'b'))
      const before = await scene.submission(batch)
      const { submission } = await importLines(scene, {
        batch: anEndedBatch({ succeeded: 2 }, { id: remoteId }),
        nonce: batch.nonce,
        lines: [],
      })
      expect(submission).toMatchObject({ twinOf: batch.id, nonce: batch.nonce, state: 'ended' })
      expect(await scene.submission(batch)).toEqual(before)
    },
  },
  {
    name: 'a second batch of a send that was taken in is taken in too, and the store holds to its own rules',
    run: async (scene) => {
      const [account, nonce] = [scene.account, aNonce(900)]
      const first = await imported(scene, [])
      const batch = anEndedBatch({ succeeded: 1 }, { id: 'msgbatch_twin' as RemoteId })
      const evidence = { type: 'found', batch } as const
      const found = await scene.store.recordEvidence({ account, nonce, evidence })
      expect(found.submission).toMatchObject({
        ...{ state: 'ended', orphan: true, twinOf: first.submission.id, sendStartedAt: null },
      })
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a request that runs elsewhere by now is answered once, and the other answer is waste',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      await running(scene, [a])
      expect(await imported(scene, [{ ...aSuccess(a), key: 'x' }])).toMatchObject({ done: 1 })
      const [first] = await scene.attempts(a)
      const lines = [aSuccess(a, { text: 'later' })]
      await scene.store.settle({
        submissionId: first?.submissionId as SubmissionId,
        addMissing: false,
        lines,
      })
      expect((await scene.attempts(a)).map(({ waste }) => waste)).toEqual([true, false])
    },
  },
  {
    name: 'lines of another project’s requests are not booked',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const home = { project: DEFAULT_PROJECT, queue: scene.queue, job: HOME_JOB, lane: 'x' }
      const result = await importLines(scene, {
        batch: anEndedBatch({ succeeded: 1 }, { id: remoteId }),
        home,
        lines: [{ ...aSuccess(a), key: 'x' }],
      })
      expect(result).toMatchObject({ fresh: 0, unknown: [0] })
      expect((await scene.request(a)).state).toBe('waiting')
    },
  },
  {
    name: 'nothing is added to a job of which nothing was committed',
    run: async (scene) => {
      const { project, queue } = scene
      await scene.store.openJob({ project, queue, name: HOME_JOB })
      await expect(
        imported(scene, [{ ...aSuccess(5 as RequestId), key: 'x' }]),
      ).rejects.toMatchObject({ code: 'config' })
      const { account } = scene
      const known = await scene.store.knownBatches({ account, remoteIds: [remoteId] })
      expect(known.ours.size).toBe(0)
    },
  },
  {
    name: 'sending is stopped while a recovery goes on, and allowed when it has ended',
    run: async (scene) => {
      const batch = await scene.sealed(await scene.enqueue('a'))
      const name = { scope: 'store', name: 'recovery' }
      const value = { since: scene.clock.now(), remoteId }
      const put = await scene.store.putSetting({ ...name, value, ifVersion: null })
      expect(await beginSend(scene, batch)).toMatchObject({ type: 'refused', reason: 'recovery' })
      const ended = { ...value, endedAt: scene.clock.now() }
      await scene.store.putSetting({ ...name, value: ended, ifVersion: put?.version ?? null })
      expect(await beginSend(scene, batch)).toMatchObject({ type: 'sending' })
    },
  },
]
