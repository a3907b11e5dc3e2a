import type { ProjectId, RemoteId, SubmissionId, Verdict } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch, someCounts } from '../builders/a-remote-batch.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Batch, Scene } from './scene.js'
import { ended, learn, lost, move, release, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const ERRORED: Verdict = { status: 'failed', reason: 'errored', detail: 'api_error' }
const REFUSED: Verdict = { status: 'failed', reason: 'refused', detail: null }

/** Its batch comes back: the second one of the same bytes. */
async function twinOf(scene: Scene, batch: Batch, succeeded: number): Promise<SubmissionId> {
  const twin = anEndedBatch({ succeeded }, { id: 'msgbatch_twin' as RemoteId })
  const { submission } = await learn(scene, batch, { type: 'found', batch: twin })
  return submission?.id ?? batch.id
}

/** A batch that was lost, its member taken back, and the other submission that the member went to. */
async function sentTwice(
  scene: Scene,
): Promise<{ readonly orphan: Batch; readonly second: Batch; readonly id: Batch['requests'][0] }> {
  const [id] = await scene.enqueue('a')
  const orphan = await lost(scene, [id])
  await release(scene, orphan, move(0))
  const second = await ended(scene, [id])
  const found = anEndedBatch({ succeeded: 1 }, { id: orphan.remoteId })
  await learn(scene, orphan, { type: 'found', batch: found })
  const fence = await scene.fence(orphan)
  await scene.store.reclaimMembers({ fence, submissionId: orphan.id })
  return { orphan, second, id }
}

/** What results mean for requests that are in more than one batch, and what is kept of odd lines. */
export const collectingCases: readonly StoreCase[] = [
  {
    name: 'a success takes its request out of a submission that was not sent yet',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const orphan = await lost(scene, [a])
      await release(scene, orphan, move(0))
      await scene.clock.advance(27 * 3_600_000)
      const next = await scene.sealed([a, b])
      const found = anEndedBatch({ succeeded: 1 }, { id: orphan.remoteId })
      await learn(scene, orphan, { type: 'found', batch: found })
      expect(await settle(scene, orphan, aSuccess(a))).toMatchObject({ done: 1 })
      expect(await scene.submission(next)).toMatchObject({
        state: 'sealed',
        requestCount: 1,
        holdNano: 1_000_000,
      })
      expect(await scene.attempts(a)).toMatchObject([
        { outcome: 'succeeded' },
        { withdrawn: true, releasedAt: scene.clock.now() },
      ])
    },
  },
  {
    name: 'a success ends a request that waits again',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const orphan = await lost(scene, [id])
      await release(scene, orphan, move(0))
      await scene.clock.advance(27 * 3_600_000)
      const found = anEndedBatch({ succeeded: 1 }, { id: orphan.remoteId })
      await learn(scene, orphan, { type: 'found', batch: found })
      expect((await scene.request(id)).state).toBe('waiting')
      expect(await settle(scene, orphan, aSuccess(id))).toMatchObject({ done: 1 })
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        result: { submissionId: orphan.id, ordinal: 0 },
      })
    },
  },
  {
    name: 'of two answers to one request the first usable one stays, the other is waste',
    run: async (scene) => {
      const { orphan, second, id } = await sentTwice(scene)
      await settle(scene, second, aSuccess(id, { text: 'second' }))
      expect(await settle(scene, orphan, aSuccess(id, { text: 'first' }))).toMatchObject({
        fresh: 1,
        done: 0,
      })
      expect((await scene.request(id)).result).toEqual({ submissionId: second.id, ordinal: 0 })
      expect(await scene.attempts(id)).toMatchObject([
        { submissionId: orphan.id, waste: true, costNano: 150_000 },
        { submissionId: second.id, waste: false },
      ])
    },
  },
  {
    name: 'a verdict that fails waits for the last live attempt, and a success still wins',
    run: async (scene) => {
      const { orphan, second, id } = await sentTwice(scene)
      const refusal = aSuccess(id, { usability: 'refused', verdict: REFUSED, text: 'no' })
      expect(await settle(scene, second, refusal)).toMatchObject({ fresh: 1, done: 0 })
      expect(await scene.request(id)).toMatchObject({ state: 'assigned', verdict: REFUSED })
      expect(await settle(scene, orphan, aSuccess(id))).toMatchObject({ done: 1 })
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        verdict: { status: 'succeeded' },
        result: { submissionId: orphan.id, ordinal: 0 },
      })
      expect(await scene.attempts(id)).toMatchObject([{ waste: false }, { waste: true }])
    },
  },
  {
    name: 'a member that is let go does not wait while another attempt of its request is live',
    run: async (scene) => {
      const { orphan, second, id } = await sentTwice(scene)
      await settle(scene, orphan, anError(id))
      const result = await release(scene, orphan, move(0, { outcome: 'errored' }))
      expect(result).toEqual({ released: 1, waiting: 0, done: 0, skipped: 0 })
      expect(await scene.request(id)).toMatchObject({ state: 'assigned', verdict: null })
      expect(await settle(scene, second, aSuccess(id))).toMatchObject({ done: 1 })
    },
  },
  {
    name: 'a verdict for good is kept while another attempt is live, and applies after it',
    run: async (scene) => {
      const { orphan, second, id } = await sentTwice(scene)
      await settle(scene, orphan, anError(id))
      const to = { type: 'done', verdict: ERRORED } as const
      const first = await release(scene, orphan, move(0, { outcome: 'errored', to }))
      expect(first).toEqual({ released: 1, waiting: 0, done: 0, skipped: 0 })
      expect(await scene.request(id)).toMatchObject({ state: 'assigned', verdict: ERRORED })
      const last = await release(scene, second, move(0))
      expect(last).toEqual({ released: 1, waiting: 0, done: 1, skipped: 0 })
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        verdict: ERRORED,
        result: { submissionId: orphan.id, ordinal: 0 },
      })
    },
  },
  {
    name: 'a verdict that waited applies when the last live attempt is let go',
    run: async (scene) => {
      const { orphan, second, id } = await sentTwice(scene)
      const refusal = aSuccess(id, { usability: 'refused', verdict: REFUSED, text: 'no' })
      await settle(scene, second, refusal)
      await settle(scene, orphan, anError(id))
      const result = await release(scene, orphan, move(0, { outcome: 'errored' }))
      expect(result).toEqual({ released: 1, waiting: 0, done: 1, skipped: 0 })
      expect(await scene.request(id)).toMatchObject({
        state: 'done',
        verdict: REFUSED,
        result: { submissionId: second.id, ordinal: 0 },
      })
    },
  },
  {
    name: "a twin's lines add attempts that were never live, and its paid answers are waste",
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b])
      const submissionId = await twinOf(scene, batch, 2)
      await settle(scene, batch, aSuccess(a))
      const lines = [aSuccess(a, { text: 'twin of a' }), aSuccess(b, { text: 'twin of b' })]
      const once = await scene.store.settle({ submissionId, addMissing: true, lines })
      expect(once).toMatchObject({ fresh: 2, done: 1, unknown: [] })
      const again = await scene.store.settle({ submissionId, addMissing: true, lines })
      expect(again).toMatchObject({ fresh: 0, duplicates: 2 })
      const released = { number: 2, releasedAt: scene.clock.now(), holdNano: null }
      expect(await scene.attempts(a)).toMatchObject([
        { waste: false },
        { ...released, waste: true },
      ])
      expect(await scene.attempts(b)).toMatchObject([
        { outcome: null },
        { ...released, waste: false },
      ])
      expect((await scene.request(b)).result).toEqual({ submissionId, ordinal: 1 })
      const counted = await scene.store.countAttempts({ submissionId })
      expect(counted).toEqual({ total: 2, outcomes: someCounts({ succeeded: 2 }), live: 0 })
    },
  },
  {
    name: "a success that stands later in a twin's file replaces another outcome too",
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      const submissionId = await twinOf(scene, batch, 1)
      const lines = [anError(id), aSuccess(id)]
      const result = await scene.store.settle({ submissionId, addMissing: true, lines })
      expect(result).toMatchObject({ fresh: 2, done: 1, conflicts: [] })
      expect(await scene.attempts(id)).toMatchObject([
        { outcome: null },
        { outcome: 'succeeded', waste: false },
      ])
    },
  },
  {
    name: "a twin's line about another project's request adds nothing",
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const elsewhere = { project: 'other' as ProjectId }
      const [stranger] = await scene.enqueueRows([anIntakeRow({ key: 'a' })], elsewhere)
      const batch = await ended(scene, [id])
      const submissionId = await twinOf(scene, batch, 1)
      const lines = [aSuccess(stranger)]
      const result = await scene.store.settle({ submissionId, addMissing: true, lines })
      expect(result).toMatchObject({ fresh: 0, done: 0, unknown: [0] })
      const life = await scene.store.getRequest({ ...elsewhere, id: stranger })
      expect(life).toMatchObject({ request: { state: 'waiting' }, attempts: [] })
    },
  },
  {
    name: 'without being asked to, no attempt is added',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      const twin = { id: await twinOf(scene, batch, 1) }
      expect(await settle(scene, twin, aSuccess(id))).toMatchObject({ fresh: 0, unknown: [0] })
      expect(await scene.attempts(id)).toHaveLength(1)
    },
  },
  {
    name: 'a line replaces the doubt whether its attempt was paid',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await lost(scene, [id])
      await release(scene, batch, move(0, { possiblyPaid: true }))
      expect(await scene.attempts(id)).toMatchObject([{ possiblyPaid: true }])
      const found = anEndedBatch({ succeeded: 1 }, { id: batch.remoteId })
      await learn(scene, batch, { type: 'found', batch: found })
      await settle(scene, batch, aSuccess(id))
      expect(await scene.attempts(id)).toMatchObject([{ possiblyPaid: false, costNano: 150_000 }])
      await scene.store.reclaimMembers({
        fence: await scene.fence(batch),
        submissionId: batch.id,
      })
    },
  },
]
