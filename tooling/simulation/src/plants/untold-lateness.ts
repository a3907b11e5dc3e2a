import { laneKey, laneOf, type Submission } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Whoever waits for it learns that it is late when it is there. */
export const untoldLateness: Plant = {
  name: 'untold_lateness',
  about: 'What is in a batch is done after it was wanted, and nobody is told.',
  within: 150,
  view: (store) =>
    wrappedStore(store, {
      getSubmission: async (params) => atNoInstant(await store.getSubmission(params)),
    }),
}

function atNoInstant(submission: Submission | null): Submission | null {
  if (submission === null) return null
  const lane = laneOf(submission.lane)
  if (lane.route === 'realtime') return submission
  return { ...submission, lane: laneKey({ ...lane, deadlineAt: null }) }
}
