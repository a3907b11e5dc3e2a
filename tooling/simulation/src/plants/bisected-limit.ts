import type { CreateResult, RemoteId } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedTransport } from './wrapped-transport.js'

/** Every 400 passes for a bad request, and nobody asks first whether the account is served at all. */
export const bisectedLimit: Plant = {
  name: 'bisected_limit',
  about:
    'A spend limit that is a 400 is taken for a bad request: batches are split without a canary, and fail.',
  within: 900,
  transport: (transport, { judge, clockNow }) =>
    wrappedTransport(transport, {
      createBatch: async (params) => {
        const isCanary = judge.submissions.byNonce(params.nonce) === null
        if (isCanary) return takenCanary(clockNow())
        return withoutWords(await transport.createBatch(params))
      },
    }),
}

function takenCanary(now: number): CreateResult {
  const counts = { processing: 1, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
  return {
    type: 'accepted',
    batch: {
      id: `msgbatch_unasked_${now}` as RemoteId,
      status: 'in_progress',
      ...{ counts, createdAt: now, expiresAt: now },
      ...{ endedAt: null, cancelInitiatedAt: null, archivedAt: null },
    },
  }
}

// A limit of one's own is told by its words alone.
function withoutWords(result: CreateResult): CreateResult {
  if (result.type !== 'refused' || result.error.status !== 400) return result
  return { ...result, error: { ...result.error, message: 'Bad request.' } }
}
