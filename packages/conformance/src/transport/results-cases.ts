import { expect } from 'vitest'
import { UNKNOWN_ID } from './read-cases.js'
import { acceptedBatch, customIdOf, readResults, sampleIds } from './sample-batch.js'
import type { TransportCase } from './transport-harness.js'

const COUNT = 20

/** Bringing results home. */
export const resultsCases: readonly TransportCase[] = [
  {
    name: 'results give every line once, whole, and end once and cleanly',
    async run(harness) {
      const batch = await acceptedBatch(harness, { count: COUNT })
      await harness.provider.endBatches()
      const { lines, ends } = await readResults(harness, batch)
      expect(lines.map(customIdOf).sort()).toEqual(sampleIds(COUNT))
      expect(ends).toEqual([{ type: 'end', clean: true, error: null }])
    },
  },
  {
    name: 'results can be fetched again',
    async run(harness) {
      const batch = await acceptedBatch(harness, { count: COUNT })
      await harness.provider.endBatches()
      const first = await readResults(harness, batch)
      const second = await readResults(harness, batch)
      expect([...second.lines].sort()).toEqual([...first.lines].sort())
    },
  },
  {
    name: 'results of a batch that runs are not found',
    async run(harness) {
      const { transport, account } = harness
      const { id } = await acceptedBatch(harness)
      const result = await transport.streamResults({ account, remoteId: id })
      expect(result).toMatchObject({ type: 'not_found', error: { status: 404 } })
    },
  },
  {
    name: 'results of a batch that nobody made are not found',
    async run({ transport, account }) {
      const result = await transport.streamResults({ account, remoteId: UNKNOWN_ID })
      expect(result.type).toBe('not_found')
    },
  },
  {
    name: 'results of another workspace are not found',
    async run(harness) {
      const { id } = await acceptedBatch(harness)
      await harness.provider.endBatches()
      const account = harness.strangerAccount
      const result = await harness.transport.streamResults({ account, remoteId: id })
      expect(result.type).toBe('not_found')
    },
  },
  {
    name: 'results that are archived are not found, and the batch says so',
    async run(harness) {
      const { transport, account } = harness
      const { id } = await acceptedBatch(harness)
      await harness.provider.archiveBatches()
      const result = await transport.streamResults({ account, remoteId: id })
      expect(result.type).toBe('not_found')
      const batch = await transport.retrieve({ account, remoteId: id })
      expect(batch.type === 'batch' && batch.batch.archivedAt !== null).toBe(true)
    },
  },
  {
    name: 'results that are cut in a line by a dead connection are not clean and give whole lines only',
    async run(harness) {
      const batch = await acceptedBatch(harness, { count: COUNT })
      await harness.provider.endBatches()
      await harness.provider.cutNextResults({ afterLines: 7, at: 'mid_line', end: 'reset' })
      const { lines, ends } = await readResults(harness, batch)
      expect(lines.length).toBeLessThanOrEqual(7)
      for (const line of lines) expect(sampleIds(COUNT)).toContain(customIdOf(line))
      expect(ends).toMatchObject([{ clean: false }])
      expect(ends[0]?.error).not.toBeNull()
    },
  },
  {
    name: 'results that end early but properly give what came; counting is the reader’s',
    async run(harness) {
      const batch = await acceptedBatch(harness, { count: COUNT })
      await harness.provider.endBatches()
      await harness.provider.cutNextResults({ afterLines: 7, at: 'line_end', end: 'clean' })
      const { lines, ends } = await readResults(harness, batch)
      expect(lines).toHaveLength(7)
      expect(ends).toHaveLength(1)
    },
  },
  {
    name: 'results that were cut are whole when they are fetched again',
    async run(harness) {
      const batch = await acceptedBatch(harness, { count: COUNT })
      await harness.provider.endBatches()
      await harness.provider.cutNextResults({ afterLines: 3, at: 'mid_line', end: 'reset' })
      await readResults(harness, batch)
      const { lines, ends } = await readResults(harness, batch)
      expect(lines).toHaveLength(COUNT)
      expect(ends).toMatchObject([{ clean: true }])
    },
  },
  {
    name: 'a reader may stop in the middle',
    async run(harness) {
      const { transport, account } = harness
      const { id } = await acceptedBatch(harness, { count: COUNT })
      await harness.provider.endBatches()
      const opened = await transport.streamResults({ account, remoteId: id })
      if (opened.type !== 'results') return expect(opened.type).toBe('results')
      for await (const piece of opened.pieces) {
        expect(piece.type).toBe('lines')
        break
      }
      expect(await transport.retrieve({ account, remoteId: id })).toMatchObject({ type: 'batch' })
    },
  },
  {
    name: 'results that are aborted before they begin are a value, not an exception',
    async run(harness) {
      const { transport, account } = harness
      const { id } = await acceptedBatch(harness)
      await harness.provider.endBatches()
      const signal = AbortSignal.abort()
      const result = await transport.streamResults({ account, remoteId: id, signal })
      expect(result.type).toBe('failed')
    },
  },
]
