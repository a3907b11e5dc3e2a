import { HalfrateError, type NanoUsd, type RequestId } from '@halfrate/core'
import { expect } from 'vitest'
import { aProviderError } from '../builders/a-provider-error.js'
import { aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { fillingOf, openJob } from './job-steps.js'
import { ended, learn, sending, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const ODD_TEXTS = [
  '😀 four bytes',
  'a\u0000b',
  "'; DROP TABLE requests; --",
  '%_\\',
  '__proto__',
  'constructor',
  '"{}[]',
  '\u202e\ufeff',
  ' \t\r\n ',
  'x'.repeat(512),
] as const

/** Input that breaks what was built without care. */
export const hostileCases: readonly StoreCase[] = [
  {
    name: 'odd keys are kept and found as they are',
    run: async (scene) => {
      const { project, queue } = scene
      const ids = await scene.enqueue(...ODD_TEXTS)
      expect(new Set(ids).size).toBe(ODD_TEXTS.length)
      expect(await scene.enqueue(...ODD_TEXTS)).toEqual(ids)
      for (const [index, key] of ODD_TEXTS.entries()) {
        const { keyHash } = anIntakeRow({ key })
        const life = await scene.store.getRequest({ project, scope: { queue }, key, keyHash })
        expect(life?.request).toMatchObject({ id: ids[index], key })
      }
    },
  },
  {
    name: 'text that is no text, such as half of a pair, is kept as it is or refused whole',
    run: async (scene) => {
      const key = 'half \ud83d'
      const row = anIntakeRow({ key, labels: { half: '\udc00' } })
      const outcome = await scene.enqueueRows([row]).catch((error: unknown) => error)
      if (!Array.isArray(outcome)) {
        expect(outcome).toBeInstanceOf(HalfrateError)
        const { counts } = await scene.store.report({ scope: { project: scene.project } })
        expect(counts.total).toBe(0)
        return
      }
      const request = await scene.request(outcome[0] as RequestId)
      expect({ key: request.key, labels: request.labels }).toEqual({ key, labels: row.labels })
    },
  },
  {
    name: 'labels may be called anything',
    run: async (scene) => {
      const labels = Object.fromEntries(ODD_TEXTS.map((text, index) => [text, `${index}\u0000ü`]))
      expect(Object.keys(labels)).toContain('__proto__')
      const [id] = await scene.enqueueRows([anIntakeRow({ key: 'a', labels })])
      const kept = (await scene.request(id)).labels ?? {}
      expect(Object.entries(kept)).toEqual(Object.entries(labels))
      expect(Object.getPrototypeOf(kept)).toBe(Object.getPrototypeOf({}))
    },
  },
  {
    name: 'a settings document may have members of any name',
    run: async (scene) => {
      const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as object
      const name = { scope: '__proto__', name: 'toString' }
      expect(await scene.store.getSetting(name)).toBeNull()
      await scene.store.putSetting({ ...name, value, ifVersion: null })
      const read = (await scene.store.getSetting(name))?.value as object
      expect(JSON.stringify(read)).toBe(JSON.stringify(value))
      expect('polluted' in {}).toBe(false)
    },
  },
  {
    name: 'bodies and result lines are bytes, whatever bytes they are',
    run: async (scene) => {
      const bytes = Uint8Array.from({ length: 1_024 }, (_, index) => (index * 7) % 256)
      const row = anIntakeRow({ key: 'a' })
      const [id] = await scene.enqueueRows([{ ...row, body: bytes }])
      const batch = await ended(scene, [id])
      const read = { submissionId: batch.id, after: -1, limit: 1 }
      expect((await scene.store.readMembers(read))[0]?.body).toEqual(bytes)
      await settle(scene, batch, { ...aSuccess(id), bytes })
      expect(await settle(scene, batch, { ...aSuccess(id), bytes })).toMatchObject({
        duplicates: 1,
      })
    },
  },
  {
    name: 'a result line comes back byte for byte, invalid text and all',
    run: async (scene) => {
      const job = await openJob(scene)
      const row = anIntakeRow({ key: 'a', row: 1 })
      const [answer] = await scene.put([row], { job: fillingOf(job) })
      const commit = { ...fillingOf(job), newRows: 1, rowCount: 1, sourceDigest: null }
      await scene.store.commitJob(commit)
      const bytes = Uint8Array.from([0, 0xff, 0xfe, 0xed, 0xa0, 0x80, 10, 13, 0])
      const batch = await ended(scene, [answer.id])
      await settle(scene, batch, { ...aSuccess(answer.id), bytes })
      const read = { project: scene.project, jobId: job.id, afterRow: 0, limit: 1 }
      expect((await scene.store.readResults(read))[0]?.line).toEqual(bytes)
    },
  },
  {
    name: 'an empty body and an empty line are not nothing',
    run: async (scene) => {
      const empty = new Uint8Array()
      const [id] = await scene.enqueueRows([{ ...anIntakeRow({ key: 'a' }), body: empty }])
      const batch = await ended(scene, [id])
      const read = { submissionId: batch.id, after: -1, limit: 1 }
      expect(await scene.store.readMembers(read)).toMatchObject([{ prefix: null, body: empty }])
      await settle(scene, batch, { ...aSuccess(id), bytes: empty })
      expect((await scene.attempts(id))[0]?.resultId).not.toBeNull()
    },
  },
  {
    name: 'whole numbers are exact up to the largest safe one',
    run: async (scene) => {
      const most = Number.MAX_SAFE_INTEGER
      const row = anIntakeRow({ key: 'a', maxTokens: most, deadlineAt: most, itemBytes: most })
      const [id] = await scene.enqueueRows([row])
      expect(await scene.request(id)).toMatchObject({
        maxTokens: most,
        deadlineAt: most,
        itemBytes: most,
      })
      const batch = await scene.filling([id], { holdNano: most as NanoUsd })
      expect(batch.submission).toMatchObject({ itemsBytes: most, holdNano: most })
    },
  },
  {
    name: 'costs and tokens are exact up to the largest safe one',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      const most = Number.MAX_SAFE_INTEGER
      const line = aSuccess(id, { costNano: most as NanoUsd, realtimeNano: most as NanoUsd })
      const usage = {
        inputTokens: most,
        outputTokens: most - 1,
        cacheReadTokens: most - 2,
        cacheWrite5mTokens: most - 3,
        cacheWrite1hTokens: most - 4,
        webSearchRequests: most - 5,
        inferenceGeo: 'not_available',
      }
      await settle(scene, batch, { ...line, usage })
      expect(await scene.attempts(id)).toMatchObject([
        { costNano: most, realtimeNano: most, usage },
      ])
      const { money } = await scene.store.report({ scope: { project: scene.project } })
      expect(money.paidNano).toBe(most)
    },
  },
  {
    name: 'what the provider says in an error is kept, however odd and long',
    run: async (scene) => {
      const batch = await sending(scene, await scene.enqueue('a'))
      const message = `${ODD_TEXTS.join('\n')}${'é'.repeat(10_000)}`
      const error = aProviderError({ message, type: '__proto__', code: null })
      await learn(scene, batch, { type: 'refused', error })
      expect((await scene.submission(batch)).error).toEqual(error)
    },
  },
  {
    name: 'job names are told apart by every character',
    run: async (scene) => {
      const ids: number[] = []
      for (const name of ODD_TEXTS) ids.push((await openJob(scene, name)).id)
      expect(new Set(ids).size).toBe(ODD_TEXTS.length)
      for (const [index, name] of ODD_TEXTS.entries()) {
        const job = await scene.store.findJob({ project: scene.project, name })
        expect(job).toMatchObject({ id: ids[index], name })
      }
    },
  },
  {
    name: 'models and lanes are told apart by every character',
    run: async (scene) => {
      const rows = ODD_TEXTS.map((text, index) =>
        anIntakeRow({ key: `${index}`, model: text, lane: text }),
      )
      await scene.enqueueRows(rows)
      const { project, queue, account, store } = scene
      const { groups } = await store.queueFacts({ project, queue, upTo: 10 })
      expect(new Set(groups.map((group) => group.lane))).toEqual(new Set(ODD_TEXTS))
      const maxId = Number.MAX_SAFE_INTEGER
      for (const lane of ODD_TEXTS) {
        const group = { project, queue, account, lane, batchLimit: null }
        const waiting = await store.readWaiting({ ...group, maxId, limit: 10 })
        expect(waiting.map((request) => request.model)).toEqual([lane])
      }
    },
  },
]
