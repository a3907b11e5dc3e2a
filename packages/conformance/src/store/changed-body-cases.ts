import type { ChangedBody, OpenOutcome, ReleaseTo, RequestId, Verdict } from '@halfrate/core'
import { expect } from 'vitest'
import { aBlob, aRowWithBlobs } from '../builders/a-blob.js'
import { aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { fileOf } from './blob-steps.js'
import type { Batch, Scene } from './scene.js'
import { ended, lost, move, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'
import { violationsOf } from './violations-of.js'

const decoder = new TextDecoder()
const CUT_OFF: Verdict = { status: 'failed', reason: 'cut_off', detail: 'max_tokens' }
const TEXT = '"messages":[{"role":"user","content":"again"}],"max_tokens":4096'
const CHANGED: ChangedBody = {
  reason: 'cut_off_raised',
  body: new TextEncoder().encode(TEXT),
  itemBytes: 777,
  maxTokens: 4_096,
  otherwise: CUT_OFF,
}
const RAISED: ReleaseTo = {
  ...{ type: 'waiting', notBefore: 0, countAs: 'nothing', batchLimit: null },
  changed: CHANGED,
}

const SENT_BACK: ReleaseTo = { ...RAISED, changed: { ...CHANGED, reason: 'output_repaired' } }

const ASKED_OF_OTHER: ReleaseTo = {
  ...RAISED,
  changed: { ...CHANGED, reason: 'refused_other_model', model: 'claude-b', standsAlone: true },
}

/** A success that waits for the close, and is let go with another body there. */
async function cutOff(scene: Scene, batch: Batch, id: RequestId, ordinal = 0): Promise<void> {
  const text = `${batch.id} cut off`
  await settle(scene, batch, aSuccess(id, { usability: 'cut_off', verdict: null, text }))
  await release(scene, batch, move(ordinal, { outcome: 'succeeded', to: RAISED }))
}

async function sentBy(scene: Scene, { id }: Batch): Promise<string> {
  const [member] = await scene.store.readMembers({ submissionId: id, after: -1, limit: 1 })
  return `${decoder.decode(member?.prefix ?? new Uint8Array())}|${decoder.decode(member?.body)}`
}

async function openIn(scene: Scene, { id }: Batch): Promise<OpenOutcome | undefined> {
  return (await scene.store.openOutcomes({ submissionId: id, after: -1, limit: 1 }))[0]
}

/** Members that wait again with another body. */
export const changedBodyCases: readonly StoreCase[] = [
  {
    name: 'a member that waits again with another body sends that, with the members that many share',
    run: async (scene) => {
      const row = anIntakeRow({ key: 'a', prefixText: '"model":"claude-haiku-4-5"' })
      const [id] = await scene.enqueueRows([row])
      const before = await scene.request(id)
      const first = await ended(scene, [id])
      const sent = await sentBy(scene, first)
      await cutOff(scene, first, id)
      const { bodyId, ...request } = await scene.request(id)
      expect(bodyId).not.toBe(before.bodyId)
      expect(request).toMatchObject({
        ...{ state: 'waiting', itemBytes: 777, maxTokens: 4_096, verdict: null, failureCount: 0 },
      })
      const second = await running(scene, [id])
      expect(await sentBy(scene, second)).toBe(`"model":"claude-haiku-4-5"|${TEXT}`)
      expect(await sentBy(scene, first)).toBe(sent)
      expect(await scene.life(id)).toMatchObject({
        attempts: [
          { attempt: { number: 1, bodyId: before.bodyId, usability: 'cut_off', waste: false } },
          { attempt: { number: 2, bodyId, itemBytes: 777 } },
        ],
        changedBodies: [{ bodyId, reason: 'cut_off_raised' }],
      })
    },
  },
  {
    name: 'an answer of the wrong form is kept as that, and its request fails by it or waits to be sent back',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b])
      const detail = 'urgency: expected a number'
      const verdict: Verdict = { status: 'failed', reason: 'output_invalid', detail }
      await settle(
        scene,
        batch,
        aSuccess(a, { usability: 'output_invalid', verdict }),
        aSuccess(b, { usability: 'output_invalid', verdict: null, lateVerdict: verdict }),
      )
      expect(await scene.request(a)).toMatchObject({ state: 'done', verdict })
      await release(scene, batch, move(1, { outcome: 'succeeded', to: SENT_BACK }))
      expect(await scene.life(b)).toMatchObject({
        request: { state: 'waiting', verdict: null },
        attempts: [{ attempt: { usability: 'output_invalid' } }],
        changedBodies: [{ reason: 'output_repaired' }],
      })
      const { counts } = await scene.store.report({ scope: { project: scene.project } })
      expect(counts.byReason).toEqual({ output_invalid: 1 })
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a member that waits again for another model asks it, and its attempts keep the one that they asked',
    run: async (scene) => {
      const prefixText = '"model":"claude-haiku-4-5"'
      const [id, other] = await scene.enqueueRows([
        anIntakeRow({ key: 'a', prefixText }),
        anIntakeRow({ key: 'b', prefixText }),
      ])
      const { model: before } = await scene.request(id)
      const first = await ended(scene, [id, other])
      await settle(scene, first, aSuccess(id, { usability: 'refused', verdict: null, text: 'no' }))
      await release(scene, first, move(0, { outcome: 'succeeded', to: ASKED_OF_OTHER }))
      expect(await scene.request(id)).toMatchObject({ model: 'claude-b', state: 'waiting' })
      expect(await scene.request(other)).toMatchObject({ model: before })
      const { project, account, queue } = scene
      const group = { project, account, queue, lane: anIntakeRow({ key: '' }).lane }
      const page = { batchLimit: null, maxId: other, limit: 10 }
      const [waiting] = await scene.store.readWaiting({ ...group, ...page })
      expect(waiting).toMatchObject({ id, model: 'claude-b', itemBytes: 777 })
      const second = await ended(scene, [id])
      expect(await sentBy(scene, second)).toBe(`|${TEXT}`)
      expect(await sentBy(scene, first)).toContain(`${prefixText}|`)
      await settle(scene, second, aSuccess(id))
      const { attempts } = await scene.life(id)
      expect(attempts.map(({ attempt }) => attempt.model)).toEqual([before, undefined])
      const times = { from: 0, to: Number.MAX_SAFE_INTEGER, after: null, limit: 10 }
      const { rows: costs } = await scene.store.readCosts({ project, ...times })
      expect(costs.map(({ requestId, model }) => [requestId, model])).toEqual([
        [id, before],
        [id, 'claude-b'],
      ])
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'planning is told of the size and the cap of the new body',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      await cutOff(scene, await ended(scene, [id]), id)
      const { project, account, queue } = scene
      const group = { project, account, queue, lane: anIntakeRow({ key: '' }).lane }
      const page = { batchLimit: null, maxId: id, limit: 10 }
      expect(await scene.store.readWaiting({ ...group, ...page })).toMatchObject([
        { id, itemBytes: 777, maxTokens: 4_096 },
      ])
    },
  },
  {
    name: 'the same row of an input is still the same request, whatever body it has',
    run: async (scene) => {
      const row = anIntakeRow({ key: 'a' })
      const [id] = await scene.enqueueRows([row])
      await cutOff(scene, await ended(scene, [id]), id)
      expect(await scene.put([row])).toMatchObject([{ type: 'same', id }])
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'each body has a success that is worth its money, and the request ends with the newer one',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      await cutOff(scene, await ended(scene, [id]), id)
      const second = await ended(scene, [id])
      await settle(scene, second, aSuccess(id))
      expect(await scene.request(id)).toMatchObject({
        ...{ state: 'done', verdict: { status: 'succeeded' } },
        result: { submissionId: second.id, ordinal: 0 },
      })
      expect(await scene.attempts(id)).toMatchObject([{ waste: false }, { waste: false }])
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'an open member says why its request has the body that it has',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const { itemBytes } = await scene.request(id)
      const first = await ended(scene, [id])
      await settle(scene, first, aSuccess(id, { usability: 'cut_off', verdict: null }))
      expect(await openIn(scene, first)).toMatchObject({
        ...{ outcome: 'succeeded', usability: 'cut_off' },
        ...{ itemBytes, maxTokens: 1_024, bodyReason: null },
      })
      await release(scene, first, move(0, { outcome: 'succeeded', to: RAISED }))
      expect(await openIn(scene, await running(scene, [id]))).toMatchObject({
        ...{ outcome: null, usability: null },
        ...{ itemBytes: 777, maxTokens: 4_096, bodyReason: 'cut_off_raised' },
      })
    },
  },
  {
    name: 'an open member brings its answer along where that is asked for',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b])
      const line = aSuccess(a, { usability: 'cut_off', verdict: null, text: 'so far' })
      await settle(scene, batch, line)
      const page = { submissionId: batch.id, after: -1, limit: 10 }
      const open = await scene.store.openOutcomes({ ...page, withAnswers: true })
      expect(open.map(({ answer }) => answer)).toEqual([line.bytes, null])
      expect(await scene.store.openOutcomes(page)).toEqual(
        open.map(({ answer: _, ...member }) => member),
      )
    },
  },
  {
    name: 'a new body has the files of the one that it was made from',
    run: async (scene) => {
      const file = aBlob(9)
      const [id] = await scene.enqueueRows([aRowWithBlobs('a', [file])])
      await cutOff(scene, await ended(scene, [id]), id)
      const { id: submissionId } = await running(scene, [id])
      const withFiles = { submissionId, after: -1, limit: 10, withFiles: true }
      expect(await scene.store.readMembers(withFiles)).toHaveLength(1)
      expect(await fileOf(scene, file)).toEqual(file.bytes)
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a member that its caller canceled ends with what was paid for it, and no other body',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const { bodyId } = await scene.request(id)
      const batch = await ended(scene, [id])
      const { project, store } = scene
      await store.cancel({ project, requestIds: [id], reason: 'canceled' })
      await cutOff(scene, batch, id)
      expect(await scene.life(id)).toMatchObject({
        request: { bodyId, verdict: CUT_OFF, result: { submissionId: batch.id, ordinal: 0 } },
        changedBodies: [],
      })
    },
  },
  {
    name: 'a release that is repeated, or comes too late, adds no body',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const { bodyId } = await scene.request(id)
      const batch = await lost(scene, [id])
      const late = move(0, { outcome: 'succeeded', to: RAISED })
      expect(await release(scene, batch, late)).toMatchObject({ skipped: 1 })
      expect(await scene.request(id)).toMatchObject({ bodyId })
      const other = await release(scene, batch, move(0, { to: RAISED }))
      expect(other).toMatchObject({ waiting: 1 })
      const life = await scene.life(id)
      expect(await release(scene, batch, move(0, { to: RAISED }))).toMatchObject({ skipped: 1 })
      expect(await scene.life(id)).toEqual(life)
      expect(life.changedBodies).toHaveLength(1)
    },
  },
  {
    name: 'several members of a batch wait again, each with a body of its own',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await ended(scene, [a, b, c])
      for (const id of [a, b, c]) {
        await settle(scene, batch, aSuccess(id, { usability: 'cut_off', verdict: null }))
      }
      const done = { to: { type: 'done', verdict: CUT_OFF }, outcome: 'succeeded' } as const
      const raised = { outcome: 'succeeded', to: RAISED } as const
      const result = await release(scene, batch, move(0, raised), move(1, done), move(2, raised))
      expect(result).toEqual({ released: 3, waiting: 2, done: 1, skipped: 0 })
      const bodies = await Promise.all(
        [a, b, c].map(async (id) => (await scene.request(id)).bodyId),
      )
      expect(new Set(bodies).size).toBe(3)
      expect((await scene.life(b)).changedBodies).toEqual([])
      expect(await sentBy(scene, await running(scene, [a, c]))).toBe(`|${TEXT}`)
    },
  },
]
