import type { ProjectId, QueueName } from '@halfrate/core'
import { expect } from 'vitest'
import { aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { ended, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

const other = { project: 'other' as ProjectId, queue: 'other' as QueueName }

/** Taking in loose requests. */
export const intakeCases: readonly StoreCase[] = [
  {
    name: 'a new request is kept with all that was said of it',
    run: async (scene) => {
      const row = anIntakeRow({
        key: 'invoice 7',
        model: 'claude-opus-4-6',
        maxTokens: 777,
        deadlineAt: scene.clock.now() + 5_000,
        labels: { team: 'search', empty: '' },
      })
      const [answer] = await scene.put([row])
      expect(answer).toEqual({ type: 'new', id: answer.id, part: 0, repeatsRow: null })
      const request = await scene.request(answer.id)
      expect(request).toEqual({
        id: answer.id,
        project: scene.project,
        account: scene.account,
        queue: scene.queue,
        jobId: null,
        row: null,
        key: 'invoice 7',
        lane: row.lane,
        model: 'claude-opus-4-6',
        maxTokens: 777,
        itemBytes: row.itemBytes,
        bodyId: request.bodyId,
        labels: { team: 'search', empty: '' },
        state: 'waiting',
        verdict: null,
        result: null,
        notBefore: request.notBefore,
        deadlineAt: scene.clock.now() + 5_000,
        createdAt: scene.clock.now(),
        doneAt: null,
        cancelRequestedAt: null,
        attemptCount: 0,
        failureCount: 0,
        expiryCount: 0,
        batchLimit: null,
        supersededBy: null,
      })
      expect(request.notBefore).toBeLessThanOrEqual(scene.clock.now())
    },
  },
  {
    name: 'ids rise in the order of the rows, and from call to call',
    run: async (scene) => {
      const ids = [...(await scene.enqueue('c', 'a', 'b')), ...(await scene.enqueue('0'))]
      expect(ids).toEqual([...ids].sort((a, b) => a - b))
      expect(new Set(ids).size).toBe(4)
    },
  },
  {
    name: 'ids do not fall behind the clock, so that a restored copy gives none out twice',
    run: async (scene) => {
      const [before] = await scene.enqueue('a')
      await scene.clock.advance(60_000)
      const [after] = await scene.enqueue('b')
      expect(after - before).toBeGreaterThanOrEqual(60_000)
      expect(after).toBeLessThan(2 ** 53)
    },
  },
  {
    name: 'the same key with the same params is the request that is there',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const answers = await scene.put([anIntakeRow({ key: 'b' }), anIntakeRow({ key: 'a' })])
      expect(answers.map((answer) => answer.type)).toEqual(['new', 'same'])
      expect(answers[1].id).toBe(id)
    },
  },
  {
    name: 'a page that is put again changes nothing',
    run: async (scene) => {
      const first = await scene.enqueue('a', 'b', 'c')
      expect(await scene.enqueue('a', 'b', 'c')).toEqual(first)
      const { counts } = await scene.store.report({ scope: { project: scene.project } })
      expect(counts.total).toBe(3)
    },
  },
  {
    name: 'a key twice in one page is one request',
    run: async (scene) => {
      const answers = await scene.put([anIntakeRow({ key: 'a' }), anIntakeRow({ key: 'a' })])
      expect(answers.map((answer) => answer.type)).toEqual(['new', 'same'])
      expect(answers[1].id).toBe(answers[0].id)
    },
  },
  {
    name: 'other params under a key are a conflict, and the request that is there stands',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const changed = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
      for (const onConflict of ['report', 'keep'] as const) {
        const [answer] = await scene.put([changed], { onConflict })
        expect(answer).toEqual({ type: 'conflict', id, part: 0, repeatsRow: null })
      }
      expect((await scene.request(id)).supersededBy).toBeNull()
    },
  },
  {
    name: 'a request that supersedes another is new, and planning takes only the newer one',
    run: async (scene) => {
      const [older] = await scene.enqueue('a')
      const changed = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
      const [answer] = await scene.put([changed], { onConflict: 'supersede' })
      expect(answer.type).toBe('new')
      expect((await scene.request(older)).supersededBy).toBe(answer.id)
      const { project, queue } = scene
      const facts = await scene.store.queueFacts({ project, queue, upTo: 10 })
      expect(facts.groups.map((group) => group.count)).toEqual([1])
      expect(facts.groups[0]?.maxId).toBe(answer.id)
    },
  },
  {
    name: 'what was superseded is canceled by the next sweep',
    run: async (scene) => {
      const [older] = await scene.enqueue('a')
      const changed = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
      const [newer] = await scene.enqueueRows([changed], { onConflict: 'supersede' })
      await scene.store.sweep()
      const request = await scene.request(older)
      expect(request).toMatchObject({ state: 'done', doneAt: scene.clock.now() })
      expect(request.verdict).toEqual({ status: 'canceled', reason: 'superseded', detail: null })
      expect((await scene.request(newer)).state).toBe('waiting')
      expect((await scene.life(newer)).replaced).toEqual([older])
    },
  },
  {
    name: 'a done request that is superseded stays as it ended',
    run: async (scene) => {
      const [older] = await scene.enqueue('a')
      const batch = await ended(scene, [older])
      await settle(scene, batch, aSuccess(older))
      const changed = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
      const [newer] = await scene.enqueueRows([changed], { onConflict: 'supersede' })
      await scene.store.sweep()
      expect((await scene.request(older)).verdict?.status).toBe('succeeded')
      expect((await scene.request(newer)).state).toBe('waiting')
    },
  },
  {
    name: 'the newest params under a key decide what is the same',
    run: async (scene) => {
      const first = anIntakeRow({ key: 'a' })
      const second = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
      await scene.put([first])
      await scene.put([second], { onConflict: 'supersede' })
      const answers = await scene.put([second, first])
      expect(answers.map((answer) => answer.type)).toEqual(['same', 'conflict'])
    },
  },
  {
    name: 'the same key in another queue or project is another request',
    run: async (scene) => {
      const ids = [
        ...(await scene.enqueue('a')),
        ...(await scene.enqueueRows([anIntakeRow({ key: 'a' })], { queue: other.queue })),
        ...(await scene.enqueueRows([anIntakeRow({ key: 'a' })], { project: other.project })),
      ]
      expect(new Set(ids).size).toBe(3)
    },
  },
  {
    name: 'keys are told apart by every character',
    run: async (scene) => {
      const keys = ['a', 'A', 'a ', ' a', 'ａ', 'a\u0301', 'á', '0', '00', '1e0'] as const
      const ids = await scene.enqueue(...keys)
      expect(new Set(ids).size).toBe(keys.length)
      const kept = await Promise.all(ids.map((id) => scene.request(id)))
      expect(kept.map((request) => request.key)).toEqual(keys)
    },
  },
  {
    name: 'body and prefix come back byte for byte',
    run: async (scene) => {
      const prefixText = '"model":"claude-haiku-4-5",  "system":"Be brief\\u00e9"'
      const rows = ['a', 'b'].map((key) => anIntakeRow({ key, prefixText }))
      const plain = anIntakeRow({ key: 'c' })
      const ids = await scene.enqueueRows([...rows, plain])
      const batch = await scene.sealed(ids)
      const members = await scene.store.readMembers({
        submissionId: batch.id,
        after: -1,
        limit: 10,
      })
      expect(members.map((member) => member.body)).toEqual([...rows, plain].map((row) => row.body))
      expect(members.map((member) => member.prefix)).toEqual([
        rows[0]?.prefix?.bytes,
        rows[0]?.prefix?.bytes,
        null,
      ])
    },
  },
  {
    name: 'changing what was handed in or handed out changes nothing in the store',
    run: async (scene) => {
      const row = anIntakeRow({ key: 'a', labels: { team: 'search' } })
      const before = row.body.slice()
      const [id] = await scene.enqueueRows([row])
      row.body.fill(0)
      const batch = await scene.sealed([id])
      const read = { submissionId: batch.id, after: -1, limit: 1 }
      const [member] = await scene.store.readMembers(read)
      expect(member?.body).toEqual(before)
      member?.body.fill(0)
      expect((await scene.store.readMembers(read))[0]?.body).toEqual(before)
    },
  },
]
