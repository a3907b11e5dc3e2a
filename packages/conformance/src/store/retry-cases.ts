import type {
  OperatingStore,
  ProjectId,
  RequestId,
  RetryAnswer,
  RetryRow,
  Verdict,
} from '@halfrate/core'
import { expect } from 'vitest'
import { aBlob, aRowWithBlobs } from '../builders/a-blob.js'
import { aLine, anError, aSuccess } from '../builders/a-result-line.js'
import { fileOf } from './blob-steps.js'
import { imported } from './import-steps.js'
import { commit, committedJob, listing, openJob, plannable, putInto } from './job-steps.js'
import type { OperatingCase } from './operating-case.js'
import type { Scene } from './scene.js'
import { ended, move, release, running, settle } from './send-steps.js'

const encoder = new TextEncoder()
const ERRORED: Verdict = { status: 'failed', reason: 'errored', detail: 'invalid_request_error' }
const RAISED = '"messages":[{"role":"user","content":"a"}],"max_tokens":2048'

const again = (requestId: RequestId): RetryRow => ({ requestId, changed: null })

function retry(
  { project }: Scene,
  store: OperatingStore,
  ...rows: readonly RetryRow[]
): Promise<readonly RetryAnswer[]> {
  return store.retry({ project, rows })
}

/** A request that the provider refused for good. */
async function failed(scene: Scene, id: RequestId): Promise<void> {
  const batch = await ended(scene, [id], { errored: 1 })
  await settle(scene, batch, anError(id))
  const to = { type: 'done', verdict: ERRORED } as const
  await release(scene, batch, move(0, { outcome: 'errored', to }))
}

async function cancel({ project, store }: Scene, ...requestIds: RequestId[]): Promise<void> {
  await store.cancel({ project, requestIds, reason: 'canceled' })
}

function retriedId(answer: RetryAnswer | undefined): RequestId {
  return answer?.type === 'retried' ? answer.id : expect.unreachable('it was refused')
}

/** Sending again by hand what is done. */
export const retryCases: readonly OperatingCase[] = [
  {
    name: 'a failed request gets a new one under its key, which waits at once and asks the same',
    run: async (scene, store) => {
      const [id] = await scene.enqueue('a')
      await failed(scene, id)
      scene.clock.advance(5_000)
      const [answer] = await retry(scene, store, again(id))
      const next = retriedId(answer)
      const [old, request] = [await scene.request(id), await scene.request(next)]
      expect(request).toEqual({
        ...old,
        ...{ id: next, state: 'waiting', verdict: null, result: null, doneAt: null },
        ...{ attemptCount: 0, createdAt: scene.clock.now(), supersededBy: null },
      })
      expect(old).toMatchObject({ state: 'done', verdict: ERRORED, supersededBy: next })
      expect(await plannable(scene)).toBe(1)
      const batch = await running(scene, [next])
      const [member] = await scene.store.readMembers({
        ...{ submissionId: batch.id, after: -1, limit: 1 },
      })
      expect(new TextDecoder().decode(member?.body)).toContain('"content":"a"')
    },
  },
  {
    name: 'the input of a row that failed for its file mends the file of its retry too',
    run: async (scene, store) => {
      const file = aBlob(9)
      const other = { hash: file.hash, bytes: file.bytes.map((byte) => byte ^ 1) }
      const [failed] = await scene.enqueueRows([aRowWithBlobs('a', [other])])
      const batch = await scene.sealed([failed as RequestId])
      const verdict = { status: 'failed', reason: 'file_damaged', detail: null } as const
      await release(scene, batch, move(0, { to: { type: 'done', verdict } }))
      const [answer] = await retry(scene, store, again(failed as RequestId))
      expect(await fileOf(scene, file)).toEqual(other.bytes)
      expect(await scene.put([aRowWithBlobs('a', [file])])).toMatchObject([
        { type: 'same', id: retriedId(answer) },
      ])
      expect(await fileOf(scene, file)).toEqual(file.bytes)
    },
  },
  {
    name: 'the old request stays in the life of its key, and what it cost in the report',
    run: async (scene, store) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      const verdict: Verdict = { status: 'failed', reason: 'cut_off', detail: null }
      await settle(scene, batch, aSuccess(id, { usability: 'cut_off', verdict }))
      const { project, queue } = scene
      const before = await scene.store.report({ scope: { project, queue } })
      const [answer] = await retry(scene, store, again(id))
      expect((await scene.life(retriedId(answer))).replaced).toEqual([id])
      const after = await scene.store.report({ scope: { project, queue } })
      expect(after.money).toEqual(before.money)
      expect(after.counts).toMatchObject({ total: 1, byState: { waiting: 1, done: 0 } })
    },
  },
  {
    name: 'params can be changed, and the same input is still the same request',
    run: async (scene, store) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      await cancel(scene, answers[0].id)
      const changed = { body: encoder.encode(RAISED), itemBytes: 333, maxTokens: 2_048 }
      const [answer] = await retry(scene, store, { requestId: answers[0].id, changed })
      const id = retriedId(answer)
      expect(await scene.request(id)).toMatchObject({ itemBytes: 333, maxTokens: 2_048, row: 1 })
      const next = await openJob(scene)
      const put = await putInto(scene, next, ['a', 'b'])
      expect(put.map((each) => [each.type, each.id])).toEqual([
        ['same', id],
        ['same', answers[1].id],
      ])
      await commit(scene, next, { newRows: 0, rowCount: 2 })
      expect(await listing(scene, job.id)).toEqual(['1:a', '2:b'])
      const batch = await running(scene, [id])
      const [member] = await scene.store.readMembers({
        ...{ submissionId: batch.id, after: -1, limit: 1 },
      })
      expect(new TextDecoder().decode(member?.body)).toBe(RAISED)
    },
  },
  {
    name: 'files of the old params are there for the changed ones',
    run: async (scene, store) => {
      const blob = aBlob(10)
      const row = aRowWithBlobs('a', [blob])
      const [id] = await scene.enqueueRows([row])
      await cancel(scene, id)
      const changed = { body: row.body, itemBytes: row.itemBytes, maxTokens: 2_048 }
      retriedId((await retry(scene, store, { requestId: id, changed }))[0])
      expect(await fileOf(scene, blob)).toEqual(blob.bytes)
    },
  },
  {
    name: 'it takes the row of the old one in its job, which is not done any more',
    run: async (scene, store) => {
      const { job, answers } = await committedJob(scene, ['a', 'b', 'c'])
      await cancel(scene, ...answers.map(({ id }) => id))
      await scene.store.sweep()
      const { project } = scene
      const name = 'june'
      expect((await scene.store.findJob({ project, name }))?.state).toBe('done')
      await retry(scene, store, again(answers[1].id))
      expect(await scene.store.findJob({ project, name })).toMatchObject({
        state: 'committed',
        rowCount: 3,
      })
      expect(await listing(scene, job.id)).toEqual(['1:a', '2:b', '3:c'])
      expect((await scene.store.sweep()).jobsDone).toEqual([])
      const scope = { project, jobId: job.id }
      expect((await scene.store.report({ scope })).counts.byState).toMatchObject({ waiting: 1 })
    },
  },
  {
    name: 'what is not done, succeeded, or was replaced is refused, each with its reason',
    run: async (scene, store) => {
      const [open, good, twice, gone] = await scene.enqueue('open', 'good', 'twice', 'gone')
      await settle(scene, await ended(scene, [good]), aSuccess(good))
      await cancel(scene, twice, gone)
      await retry(scene, store, again(gone))
      const unknown = 4_711 as RequestId
      const rows = [open, good, twice, twice, gone, unknown].map(again)
      const answers = await retry(scene, store, ...rows)
      expect(answers.map((each) => (each.type === 'refused' ? each.because : each.type))).toEqual([
        'not_done',
        'succeeded',
        'retried',
        'replaced',
        'replaced',
        'unknown',
      ])
    },
  },
  {
    name: 'nobody retries the requests of another project, nor those of a part that is open',
    run: async (scene, store) => {
      const [theirs] = await scene.enqueue('a')
      await cancel(scene, theirs)
      const project = 'other' as ProjectId
      expect(await store.retry({ project, rows: [again(theirs)] })).toEqual([
        { type: 'refused', because: 'unknown' },
      ])
      const job = await openJob(scene)
      const [{ id }] = await putInto(scene, job, ['b'])
      expect(await retry(scene, store, again(id))).toEqual([
        { type: 'refused', because: 'unknown' },
      ])
    },
  },
  {
    name: 'a row that was taken in from elsewhere has no params to send again',
    run: async (scene, store) => {
      const line = aLine(0 as RequestId, { outcome: 'errored' })
      await imported(scene, [{ ...line, requestId: null, key: 'far', end: ERRORED }])
      const { project } = scene
      const home = await scene.store.findJob({ project, name: 'taken in' })
      const scope = { project, jobId: home?.id }
      const [far] = await scene.store.listRequests({
        ...{ scope, states: null, afterId: 0, limit: 1 },
      })
      expect(await retry(scene, store, again(far?.id as RequestId))).toEqual([
        { type: 'refused', because: 'no_params' },
      ])
    },
  },
  {
    name: 'a part that is open meanwhile lists the new one, and its end leaves all as it was',
    run: async (scene, store) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      await cancel(scene, answers[0].id)
      const next = await openJob(scene)
      await putInto(scene, next, ['b', 'a'])
      await retry(scene, store, again(answers[0].id))
      expect(await listing(scene, job.id)).toEqual(['1:a', '2:b'])
      await commit(scene, next, { newRows: 0, rowCount: 2 })
      expect(await listing(scene, job.id)).toEqual(['1:b', '2:a'])
    },
  },
]
