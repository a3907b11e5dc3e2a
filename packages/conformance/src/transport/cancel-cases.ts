import { expect } from 'vitest'
import { UNKNOWN_ID } from './read-cases.js'
import { acceptedBatch } from './sample-batch.js'
import type { TransportCase } from './transport-harness.js'

/** Asking to cancel. */
export const cancelCases: readonly TransportCase[] = [
  {
    name: 'canceling a batch gives it back with the instant of the wish',
    async run(harness) {
      const { transport, account } = harness
      const { id } = await acceptedBatch(harness)
      const result = await transport.cancel({ account, remoteId: id })
      if (result.type !== 'batch') return expect(result.type).toBe('batch')
      expect(['canceling', 'ended']).toContain(result.batch.status)
      expect(result.batch.cancelInitiatedAt).not.toBeNull()
    },
  },
  {
    name: 'canceling a batch that has ended is too late',
    async run(harness) {
      const { transport, account } = harness
      const { id } = await acceptedBatch(harness)
      await harness.provider.endBatches()
      const result = await transport.cancel({ account, remoteId: id })
      expect(result.type).toBe('too_late')
    },
  },
  {
    name: 'canceling a batch that nobody made finds nothing',
    async run({ transport, account }) {
      const result = await transport.cancel({ account, remoteId: UNKNOWN_ID })
      expect(result.type).toBe('not_found')
    },
  },
]
