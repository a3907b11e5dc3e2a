import { type Store, submissionResource } from '@halfrate/core'
import type { Plant, PlantReach } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What was learned is thrown away when the lease went to somebody else meanwhile. */
export const fencedEvidence: Plant = {
  name: 'fenced_evidence',
  about: 'Evidence is dropped when its finder has lost the lease of the submission.',
  within: 150,
  store: (store, reach) => fenced(store, reach),
}

function fenced(store: Store, { judge }: PlantReach): Store {
  const mine = new Map<string, number>()
  return wrappedStore(store, {
    claim: async (params) => {
      const result = await store.claim(params)
      for (const { resource, epoch } of result.leases) mine.set(resource, epoch)
      return result
    },
    recordEvidence: async (params) => {
      const submission = judge.submissions.byNonce(params.nonce)
      const resource = submission === null ? '' : submissionResource(submission.id)
      const epoch = mine.get(resource)
      const isLost = epoch !== undefined && judge.leases.epochOf(resource) > epoch
      return isLost ? { type: 'known', submission } : await store.recordEvidence(params)
    },
  })
}
