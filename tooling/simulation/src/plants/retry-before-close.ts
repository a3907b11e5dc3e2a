import {
  DEFAULT_QUEUE_POLICY,
  decideOutcome,
  type ReleaseMove,
  type ResultLine,
  type Store,
  type Submission,
  submissionResource,
} from '@halfrate/core'
import type { Plant, PlantReach } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Rows that failed are let go at once, before the file is known to be whole. */
export const retryBeforeClose: Plant = {
  name: 'retry_before_close',
  about: 'Outcomes that are no success are released while lines are still being read.',
  within: 60,
  store: (store, reach) => hasty(store, reach),
}

function hasty(store: Store, { judge }: PlantReach): Store {
  return wrappedStore(store, {
    settle: async (params) => {
      const result = await store.settle(params)
      const submission = await store.getSubmission(params)
      if (submission?.state !== 'ended' || submission.twinOf !== null) return result
      const moves = await movesFor(store, submission, params.lines)
      const resource = submissionResource(submission.id)
      const fence = { resource, epoch: judge.leases.epochOf(resource) }
      const { id: submissionId, state, remoteId } = submission
      await store.releaseMembers({ fence, submissionId, state, remoteId, moves })
      return result
    },
  })
}

async function movesFor(
  store: Store,
  submission: Submission,
  lines: readonly ResultLine[],
): Promise<readonly ReleaseMove[]> {
  const failed = new Set(
    lines.filter(({ outcome }) => outcome !== 'succeeded').map(({ requestId }) => requestId),
  )
  const limit = store.traits.pageLimit
  const open = await store.openOutcomes({ submissionId: submission.id, after: -1, limit })
  const now = await store.now()
  const facts = { requestCount: submission.requestCount, endedAt: submission.endedAt, jitter: 0 }
  return open
    .filter(({ requestId, outcome }) => failed.has(requestId) && outcome !== null)
    .flatMap((member) => {
      const { ordinal, outcome } = member
      const to = decideOutcome({ member, policy: DEFAULT_QUEUE_POLICY, submission: facts }, now)
      const isReady = to.type === 'waiting' || to.type === 'done'
      return isReady ? [{ ordinal, outcome, to, possiblyPaid: false }] : []
    })
}
