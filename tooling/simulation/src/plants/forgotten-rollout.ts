import { type IntakeRow, laneKey, laneOf } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What a rollout has called goes in batches. */
export const forgottenRollout: Plant = {
  name: 'forgotten_rollout',
  about: 'The part of a queue that is to go in real time goes in batches.',
  within: 200,
  store: (store) =>
    wrappedStore(store, {
      putRequests: (params) => store.putRequests({ ...params, rows: params.rows.map(inBatch) }),
    }),
}

function inBatch(row: IntakeRow): IntakeRow {
  const lane = laneOf(row.lane)
  if (lane.why !== 'rollout') return row
  return { ...row, lane: laneKey({ ...lane, route: 'batch', why: null }) }
}
