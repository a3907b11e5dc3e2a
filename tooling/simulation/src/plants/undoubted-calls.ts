import { laneOf, type SubmissionId } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A call in real time whose answer was lost is repeated as if it had never been made. */
export const undoubtedCalls: Plant = {
  name: 'undoubted_calls',
  about: 'A call whose answer was lost is repeated without being booked as possibly paid.',
  within: 300,
  store: (store) => {
    const isCall = async (submissionId: SubmissionId): Promise<boolean> => {
      const submission = await store.getSubmission({ submissionId })
      return submission !== null && laneOf(submission.lane).route === 'realtime'
    }
    return wrappedStore(store, {
      recordScan: async (params) => {
        const isDoubt = params.lost?.possiblyPaid === true && (await isCall(params.submissionId))
        return await store.recordScan(
          isDoubt ? { ...params, lost: { possiblyPaid: false } } : params,
        )
      },
    })
  },
}
