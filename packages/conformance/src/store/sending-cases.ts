import {
  type AccountPauses,
  type IntakeRow,
  itemBytesOf,
  LeaseLostError,
  laneKey,
  type MemberBody,
  NO_PAUSES,
  type Pause,
  type ProjectId,
  pauseSetting,
  pauseSettings,
  projectPauseSetting,
  type QueueName,
  queuePauseSetting,
  RECOVERY_SETTING,
  type RemoteId,
  type WorkerId,
} from '@halfrate/core'
import { expect } from 'vitest'
import { aLook } from '../builders/a-look.js'
import { aProviderError } from '../builders/a-provider-error.js'
import { aRemoteBatch } from '../builders/a-remote-batch.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Scene } from './scene.js'
import { beginSend, learn, lost, SEND_MS, sending } from './send-steps.js'
import type { StoreCase } from './store-case.js'

async function pause(scene: Scene, value: AccountPauses): Promise<void> {
  const name = pauseSetting(scene.account)
  const old = await scene.store.getSetting(name)
  await scene.store.putSetting({ ...name, value, ifVersion: old?.version ?? null })
}

function aLargeRow(body: Uint8Array, index: number): IntakeRow {
  const shared = index % 2 === 0 ? {} : { prefixText: '"a":1,' }
  const row = anIntakeRow({ key: `row ${index}`, ...shared })
  return { ...row, body, itemBytes: itemBytesOf(row.prefix?.bytes.length ?? 0, body.length) }
}

function untilThen(until: number, over: Partial<Pause> = {}): AccountPauses {
  const error = aProviderError({ status: 402 })
  const begun = {
    lane: null,
    reason: 'billing',
    seenBy: 'send',
    since: 0,
    refusedAt: 0,
    refusals: 1,
  } as const
  return { hand: null, automatic: [{ ...begun, until, error, probe: null, ...over }] }
}

/** The begin of a send. */
export const sendingCases: readonly StoreCase[] = [
  {
    name: 'the intent to send fixes what is sent, and until when',
    run: async (scene) => {
      const batch = await scene.sealed(await scene.enqueue('a', 'b'))
      await scene.clock.advance(5_000)
      const now = scene.clock.now()
      const before = await scene.submission(batch)
      const look = aLook({ serverAt: now - 300, storeAt: now, workspaceId: null })
      const fence = await scene.fence(batch)
      const result = await scene.store.beginSend({
        fence,
        submissionId: batch.id,
        look,
        sendMs: SEND_MS,
      })
      const submission = {
        ...before,
        state: 'sending',
        look,
        sendStartedAt: now,
        sendNotAfterAt: now + SEND_MS,
        nextStepAt: now + SEND_MS,
      }
      expect(result).toEqual({ type: 'sending', submission })
      expect(await scene.submission(batch)).toEqual(submission)
    },
  },
  {
    name: 'a submission that everybody left is dissolved instead of sent',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await scene.sealed([id])
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [id], reason: 'canceled' })
      expect(await beginSend(scene, batch)).toEqual({ type: 'dissolved' })
      expect(await scene.submission(batch)).toMatchObject({
        state: 'dissolved',
        holdNano: 0,
        nextStepAt: null,
      })
    },
  },
  {
    name: 'a send begins once',
    run: async (scene) => {
      const batch = await sending(scene, await scene.enqueue('a'))
      const before = await scene.submission(batch)
      await scene.clock.advance(1_000)
      const refused = { type: 'refused', reason: 'state', until: null }
      expect(await beginSend(scene, batch)).toEqual(refused)
      expect(await scene.submission(batch)).toEqual(before)
    },
  },
  {
    name: 'a submission that is not sealed is not sent',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await scene.sealed([id])
      const fence = await scene.fence(batch)
      await scene.store.dissolve({ fence, submissionId: batch.id })
      expect(await beginSend(scene, batch)).toMatchObject({ type: 'refused', reason: 'state' })
    },
  },
  {
    name: 'nothing is sent while the account is paused',
    run: async (scene) => {
      const batch = await scene.sealed(await scene.enqueue('a'))
      const until = scene.clock.now() + 60_000
      await pause(scene, untilThen(until))
      expect(await beginSend(scene, batch)).toEqual({ type: 'refused', reason: 'paused', until })
      expect((await scene.submission(batch)).state).toBe('sealed')
    },
  },
  {
    name: 'a pause by hand holds the store, an account, a project or a queue until a hand ends it',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const [first, second] = [await scene.sealed([a]), await scene.sealed([b])]
      const byHand = { since: scene.clock.now(), note: null }
      const refused = { type: 'refused', reason: 'paused', until: null }
      await pause(scene, { hand: byHand, automatic: [] })
      await scene.clock.advance(86_400_000)
      expect(await beginSend(scene, first)).toEqual(refused)
      await pause(scene, NO_PAUSES)
      const { store, project, queue } = pauseSettings(scene)
      for (const name of [store, project, queue]) {
        await scene.store.putSetting({ ...name, value: byHand, ifVersion: null })
        expect(await beginSend(scene, first), name.scope).toEqual(refused)
        await scene.store.putSetting({ ...name, value: null, ifVersion: 1 })
      }
      const other = queuePauseSetting(scene.project, 'other' as QueueName)
      await scene.store.putSetting({ ...other, value: byHand, ifVersion: null })
      const elsewhere = projectPauseSetting('elsewhere' as ProjectId)
      await scene.store.putSetting({ ...elsewhere, value: byHand, ifVersion: null })
      expect(await beginSend(scene, first)).toMatchObject({ type: 'sending' })
      expect(await beginSend(scene, second)).toMatchObject({ type: 'sending' })
    },
  },
  {
    name: 'a pause of one lane lets the others through',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const batch = await scene.sealed([a])
      const until = scene.clock.now() + 60_000
      await pause(scene, untilThen(until, { lane: laneKey({ betas: ['some-beta'] }) }))
      expect(await beginSend(scene, batch)).toMatchObject({ type: 'sending' })
    },
  },
  {
    name: 'the submission that probes a pause is sent in spite of it, and no other',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const [probe, other] = [await scene.sealed([a]), await scene.sealed([b])]
      const until = scene.clock.now() + 60_000
      await pause(scene, untilThen(until, { probe: probe.id }))
      expect(await beginSend(scene, other)).toEqual({ type: 'refused', reason: 'paused', until })
      expect(await beginSend(scene, probe)).toMatchObject({ type: 'sending' })
    },
  },
  {
    name: 'a pause that is over, or was taken back, holds nothing up',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      await pause(scene, untilThen(scene.clock.now() + 60_000))
      await scene.clock.advance(60_000)
      expect(await beginSend(scene, await scene.sealed([a]))).toMatchObject({ type: 'sending' })
      const name = pauseSetting(scene.account)
      await scene.store.putSetting({ ...name, value: null, ifVersion: 1 })
      expect(await beginSend(scene, await scene.sealed([b]))).toMatchObject({ type: 'sending' })
    },
  },
  {
    name: 'nothing is sent while the store is in recovery',
    run: async (scene) => {
      const batch = await scene.sealed(await scene.enqueue('a'))
      const value = { since: scene.clock.now(), remoteId: 'msgbatch_9' }
      await scene.store.putSetting({ ...RECOVERY_SETTING, value, ifVersion: null })
      expect(await beginSend(scene, batch)).toEqual({
        type: 'refused',
        reason: 'recovery',
        until: null,
      })
      await scene.store.putSetting({ ...RECOVERY_SETTING, value: null, ifVersion: 1 })
      expect(await beginSend(scene, batch)).toMatchObject({ type: 'sending' })
    },
  },
  {
    name: 'a queue sends nothing while members of a batch that came back must be taken back',
    run: async (scene) => {
      const day = 'day' as QueueName
      const [a, b] = await scene.enqueue('a', 'b')
      const [c] = await scene.enqueueRows([anIntakeRow({ key: 'c' })], { queue: day })
      const gone = await lost(scene, [a])
      const next = await scene.sealed([b])
      const elsewhere = await scene.sealed([c], { queue: day })
      await learn(scene, gone, { type: 'found', batch: aRemoteBatch({ id: gone.remoteId }) })
      expect(await beginSend(scene, next)).toEqual({
        type: 'refused',
        reason: 'reclaim',
        until: null,
      })
      expect(await beginSend(scene, elsewhere)).toMatchObject({ type: 'sending' })
      const fence = await scene.fence(gone)
      await scene.store.reclaimMembers({ fence, submissionId: gone.id })
      expect(await beginSend(scene, next)).toMatchObject({ type: 'sending' })
    },
  },
  {
    name: 'a worker that lost the submission does not begin its send',
    run: async (scene) => {
      const batch = await scene.sealed(await scene.enqueue('a'))
      await scene.clock.advance(86_400_000)
      await scene.claim('submissions', 'worker-2' as WorkerId)
      await expect(beginSend(scene, batch)).rejects.toBeInstanceOf(LeaseLostError)
      expect((await scene.submission(batch)).state).toBe('sealed')
    },
  },
  {
    name: 'members are read in their order, page by page, without those that left',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c', 'd')
      const batch = await scene.sealed(ids)
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [ids[1]], reason: 'canceled' })
      await beginSend(scene, batch)
      const page = await scene.store.readMembers({ submissionId: batch.id, after: -1, limit: 2 })
      expect(page.map((member) => [member.ordinal, member.requestId])).toEqual([
        [0, ids[0]],
        [2, ids[2]],
      ])
      const rest = await scene.store.readMembers({ submissionId: batch.id, after: 2, limit: 2 })
      expect(rest.map((member) => member.requestId)).toEqual([ids[3]])
      expect(await scene.submission(batch)).toMatchObject({
        requestCount: 3,
        itemsBytes: 3 * anIntakeRow({ key: 'a' }).itemBytes,
        holdNano: 3_000_000,
      })
    },
  },
  {
    name: 'members are read byte for byte however large they are, until a page is empty',
    run: async (scene) => {
      const sizes = [0, 3, 700_000, 0, 400_000, 5, 1_500_000, 2, 1]
      const bodies = sizes.map((size, index) =>
        Uint8Array.from({ length: size }, (_, at) => (at * 7 + index) % 256),
      )
      const ids = await scene.enqueueRows(bodies.map((body, index) => aLargeRow(body, index)))
      const batch = await scene.sealed(ids)
      await beginSend(scene, batch)
      const read: MemberBody[] = []
      let reuse: readonly MemberBody[] | undefined
      for (let after = -1; ; after = read.at(-1)?.ordinal ?? 0) {
        const params = { submissionId: batch.id, after, limit: 4, reuse }
        const page = await scene.store.readMembers(params)
        if (page.length === 0) break
        read.push(...page.map((member) => ({ ...member, body: member.body.slice() })))
        reuse = page
      }
      expect(read.map((member) => member.requestId)).toEqual(ids)
      expect(read.map((member) => member.body.length)).toEqual(sizes)
      for (const [index, { body }] of read.entries()) {
        expect(Buffer.compare(body, bodies[index] ?? Buffer.of())).toBe(0)
      }
      const prefixes = read.map((member) => member.prefix?.length ?? null)
      expect(prefixes).toEqual(sizes.map((_, index) => (index % 2 === 0 ? null : 6)))
    },
  },
  {
    name: 'a batch id of another account is another batch',
    run: async (scene) => {
      const batch = await sending(scene, await scene.enqueue('a'))
      const { nonce } = batch
      const evidence = { type: 'found', batch: aRemoteBatch() } as const
      const account = 'second' as typeof scene.account
      const stranger = await scene.store.recordEvidence({ account, nonce, evidence })
      expect(stranger).toEqual({ type: 'unknown_nonce', submission: null })
      const remoteIds = ['msgbatch_1' as RemoteId]
      await scene.store.markForeign({ account, remoteIds })
      const known = await scene.store.knownBatches({ account: scene.account, remoteIds })
      expect([known.ours.size, known.foreign.size]).toEqual([0, 0])
    },
  },
]
