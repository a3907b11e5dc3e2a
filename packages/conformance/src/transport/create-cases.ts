import { HOUR_MS, laneKey, totalOf } from '@halfrate/core'
import { expect } from 'vitest'
import {
  acceptedBatch,
  batchOf,
  customIdOf,
  readResults,
  sampleCreate,
  sampleIds,
} from './sample-batch.js'
import type { TransportCase } from './transport-harness.js'

/** What becomes of a create that nothing disturbs. */
export const createCases: readonly TransportCase[] = [
  {
    name: 'an accepted create gives the batch with its count, its instants and 24 hours',
    async run(harness) {
      const batch = await acceptedBatch(harness, { count: 5 })
      expect(batch).toMatchObject({ status: 'in_progress', endedAt: null, archivedAt: null })
      expect(totalOf(batch.counts)).toBe(5)
      expect(batch.expiresAt - batch.createdAt).toBe(24 * HOUR_MS)
      expect(await harness.provider.accepted()).toEqual([batch.id])
    },
  },
  {
    name: 'a create is one call',
    async run(harness) {
      await acceptedBatch(harness)
      expect(await harness.provider.calls('create')).toBe(1)
    },
  },
  {
    name: 'a body may come in pieces of any size, down to single bytes',
    async run(harness) {
      for (const pieceBytes of [1, 7, 4_096, 1_000_000]) {
        await acceptedBatch(harness, { pieceBytes })
      }
      expect(await harness.provider.accepted()).toHaveLength(4)
    },
  },
  {
    name: 'a body arrives as it was sent: its custom ids come back',
    async run(harness) {
      const batch = await acceptedBatch(harness, { count: 50 })
      await harness.provider.endBatches()
      const { lines } = await readResults(harness, batch)
      expect(lines.map(customIdOf).sort()).toEqual(sampleIds(50))
    },
  },
  {
    name: 'a create bears its lane: the older version and betas are taken too',
    async run(harness) {
      const betas = ['output-300k-2026-03-24']
      await acceptedBatch(harness, { lane: laneKey({ apiVersion: '2023-06-01', betas }) })
      expect(await harness.provider.accepted()).toHaveLength(1)
    },
  },
  {
    name: 'creates with other nonces go side by side',
    async run(harness) {
      const creates = [1, 2, 3, 4].map((count) =>
        harness.transport.createBatch(sampleCreate(harness, { count })),
      )
      const batches = (await Promise.all(creates)).map(batchOf)
      expect(batches.map((batch) => totalOf(batch.counts))).toEqual([1, 2, 3, 4])
      expect(new Set(batches.map((batch) => batch.id)).size).toBe(4)
    },
  },
  {
    name: 'a second create for a nonce throws and sends nothing',
    async run(harness) {
      const params = sampleCreate(harness)
      await harness.transport.createBatch(params)
      const again = sampleCreate(harness, { nonce: params.nonce })
      await expect(harness.transport.createBatch(again)).rejects.toMatchObject({
        code: 'invariant',
      })
      expect(await harness.provider.calls('create')).toBe(1)
    },
  },
  {
    name: 'a second create for a nonce throws also when the first was not accepted',
    async run(harness) {
      await harness.provider.failNext('create', 'bad_key')
      const params = sampleCreate(harness)
      await harness.transport.createBatch(params)
      const again = sampleCreate(harness, { nonce: params.nonce })
      await expect(harness.transport.createBatch(again)).rejects.toMatchObject({
        code: 'invariant',
      })
      expect(await harness.provider.accepted()).toHaveLength(0)
    },
  },
]
