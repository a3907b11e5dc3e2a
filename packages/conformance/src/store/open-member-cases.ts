import type { QuarantinedLine, RemoteId } from '@halfrate/core'
import { expect } from 'vitest'
import { someCounts } from '../builders/a-remote-batch.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { ended, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

/** What deciding at the end is based on, and what is kept of lines that can't be booked. */
export const openMemberCases: readonly StoreCase[] = [
  {
    name: 'attempts are counted by outcome, without those that left before the send',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c', 'd')
      const batch = await scene.sealed(ids)
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [ids[3]], reason: 'canceled' })
      const { store } = scene
      const before = await store.countAttempts({ submissionId: batch.id })
      expect(before).toEqual({ total: 3, outcomes: someCounts({ processing: 3 }), live: 3 })
    },
  },
  {
    name: 'open members are read with what deciding about them needs',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await ended(scene, [a, b, c], { errored: 1, succeeded: 1 })
      await settle(scene, batch, anError(a), aSuccess(b))
      const read = { submissionId: batch.id, after: -1, limit: 10 }
      const { createdAt, itemBytes } = await scene.request(a)
      const facts = {
        ...{ usability: null, itemBytes, maxTokens: 1_024, bodyReason: null },
        failureCount: 0,
        expiryCount: 0,
        createdAt,
        deadlineAt: null,
        cancelRequested: false,
        jobId: null,
        model: 'claude-haiku-4-5',
      }
      expect(await scene.store.openOutcomes(read)).toEqual([
        { ordinal: 0, requestId: a, outcome: 'errored', errorType: 'api_error', ...facts },
        { ordinal: 2, requestId: c, outcome: null, errorType: null, ...facts },
      ])
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [c], reason: 'canceled' })
      expect(await scene.store.openOutcomes({ ...read, after: 0, limit: 1 })).toMatchObject([
        { ordinal: 2, cancelRequested: true },
      ])
    },
  },
  {
    name: 'lines that cannot be booked are kept once',
    run: async (scene) => {
      const batch = await ended(scene, await scene.enqueue('a'))
      const bytes = Uint8Array.from([0, 255, 10, 13, 34])
      const line: QuarantinedLine = { reason: 'malformed', lineNumber: 3, bytes }
      const other = { ...line, lineNumber: 4, bytes: Uint8Array.from([1]) }
      const keep = { submissionId: batch.id, remoteId: batch.remoteId }
      expect(await scene.store.quarantine({ ...keep, lines: [line, other] })).toEqual({ added: 2 })
      expect(await scene.store.quarantine({ ...keep, lines: [other, line] })).toEqual({ added: 0 })
      const elsewhere = { ...keep, remoteId: 'msgbatch_other' as RemoteId }
      expect(await scene.store.quarantine({ ...elsewhere, lines: [line] })).toEqual({ added: 1 })
    },
  },
]
