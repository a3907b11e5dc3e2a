import { ZERO_USD } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A retry is held for nothing, as if it could not cost as much again. */
export const freeRetries: Plant = {
  name: 'free_retries',
  about: 'What a retry can cost is not held, so that it goes above the cap of its job.',
  within: 300,
  store: (store) =>
    wrappedStore(store, {
      addMembers: async (params) => {
        const members = await Promise.all(
          params.members.map(async (member) => {
            const project = (await store.getSubmission({ submissionId: params.submissionId }))
              ?.project
            if (project === undefined) return member
            const life = await store.getRequest({ project, id: member.requestId })
            const isRetry = (life?.request.attemptCount ?? 0) > 0
            return isRetry ? { ...member, holdNano: ZERO_USD } : member
          }),
        )
        return await store.addMembers({ ...params, members })
      },
    }),
}
