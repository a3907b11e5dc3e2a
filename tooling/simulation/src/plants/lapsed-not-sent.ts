import { type Store, type SubmissionId, submissionOfResource } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A lease that lapsed is taken for proof that nothing was sent. */
export const lapsedNotSent: Plant = {
  name: 'lapsed_not_sent',
  about: 'A send whose holder vanished passes for one that never left.',
  within: 600,
  store: (store) =>
    wrappedStore(store, {
      claim: async (params) => {
        const result = await store.claim(params)
        for (const { resource } of result.leases) {
          const submissionId = submissionOfResource(resource)
          if (submissionId !== null) await takeForUnsent(store, submissionId)
        }
        return result
      },
    }),
}

async function takeForUnsent(store: Store, submissionId: SubmissionId): Promise<void> {
  const submission = await store.getSubmission({ submissionId })
  if (submission?.state !== 'sending') return
  const { account, nonce } = submission
  const error = { status: null, type: null, code: null, message: 'The lease lapsed.' }
  const silent = { ...error, requestId: null, retryAfterMs: null }
  await store.recordEvidence({ account, nonce, evidence: { type: 'not_sent', error: silent } })
}
