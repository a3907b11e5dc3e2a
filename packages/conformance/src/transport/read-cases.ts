import { MINUTE_MS, type RemoteId, totalOf } from '@halfrate/core'
import { expect } from 'vitest'
import { acceptedBatch } from './sample-batch.js'
import type { TransportCase } from './transport-harness.js'

/** A batch that nobody made. */
export const UNKNOWN_ID: RemoteId = 'msgbatch_01AAAAAAAAAAAAAAAAAAAAAA' as RemoteId

/** Looking at the list and at single batches. */
export const readCases: readonly TransportCase[] = [
  {
    name: 'the list of an empty workspace is an empty page with the provider’s time',
    async run({ transport, account }) {
      const page = await transport.snapshot({ account })
      expect(page).toMatchObject({ type: 'page', batches: [], hasMore: false })
      expect(page.type === 'page' && Number.isSafeInteger(page.serverAt)).toBe(true)
    },
  },
  {
    name: 'a snapshot shows the newest batch first, the workspace, and the clock that batches bear',
    async run(harness) {
      const { transport, account } = harness
      await acceptedBatch(harness)
      const newest = await acceptedBatch(harness)
      const page = await transport.snapshot({ account })
      if (page.type !== 'page') return expect(page.type).toBe('page')
      expect(page.batches[0]).toEqual(newest)
      expect(page.workspaceId).not.toBeNull()
      expect(Math.abs(page.serverAt - newest.createdAt)).toBeLessThan(MINUTE_MS)
    },
  },
  {
    name: 'pages follow each other and show every batch once, newest first',
    async run(harness) {
      const { transport, account } = harness
      const made: RemoteId[] = []
      for (let count = 1; count <= 5; count += 1) {
        made.unshift((await acceptedBatch(harness, { count })).id)
      }
      const seen: RemoteId[] = []
      for (let afterId: RemoteId | null = null, hasMore = true; hasMore; ) {
        const page = await transport.list({ account, afterId, limit: 2 })
        if (page.type !== 'page') return expect(page.type).toBe('page')
        expect(page.batches.length).toBeLessThanOrEqual(2)
        seen.push(...page.batches.map((batch) => batch.id))
        afterId = seen.at(-1) ?? null
        hasMore = page.hasMore
      }
      expect(seen).toEqual(made)
    },
  },
  {
    name: 'a page may be as large as a thousand',
    async run(harness) {
      const { transport, account } = harness
      await acceptedBatch(harness)
      const page = await transport.list({ account, afterId: null, limit: 1_000 })
      expect(page).toMatchObject({ type: 'page', hasMore: false })
    },
  },
  {
    name: 'a list shows nothing of another workspace',
    async run(harness) {
      await acceptedBatch(harness)
      const account = harness.strangerAccount
      expect(await harness.transport.snapshot({ account })).toMatchObject({ batches: [] })
    },
  },
  {
    name: 'a batch can be asked for while it runs',
    async run(harness) {
      const batch = await acceptedBatch(harness)
      const { transport, account } = harness
      const result = await transport.retrieve({ account, remoteId: batch.id })
      expect(result).toEqual({ type: 'batch', batch })
    },
  },
  {
    name: 'a batch that has ended says when, and what became of its requests',
    async run(harness) {
      const { id } = await acceptedBatch(harness, { count: 4 })
      await harness.provider.endBatches()
      const { transport, account } = harness
      const result = await transport.retrieve({ account, remoteId: id })
      if (result.type !== 'batch') return expect(result.type).toBe('batch')
      expect(result.batch).toMatchObject({ id, status: 'ended', counts: { processing: 0 } })
      expect(totalOf(result.batch.counts)).toBe(4)
      expect(result.batch.endedAt).toBeGreaterThanOrEqual(result.batch.createdAt)
    },
  },
  {
    name: 'a batch that nobody made is not found',
    async run({ transport, account }) {
      const result = await transport.retrieve({ account, remoteId: UNKNOWN_ID })
      expect(result).toMatchObject({ type: 'not_found', error: { status: 404 } })
    },
  },
  {
    name: 'a batch of another workspace is not found',
    async run(harness) {
      const { id } = await acceptedBatch(harness)
      const account = harness.strangerAccount
      const result = await harness.transport.retrieve({ account, remoteId: id })
      expect(result.type).toBe('not_found')
    },
  },
]
