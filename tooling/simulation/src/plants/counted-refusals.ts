import { changedRelease } from './changed-release.js'
import type { Plant } from './plant.js'

/** A pause of the account costs requests one of their tries. */
export const countedRefusals: Plant = {
  name: 'counted_refusals',
  about: 'What was refused for spend, billing or the key is counted against its requests.',
  within: 30,
  store: (store) =>
    changedRelease(store, ({ to }, { state }) =>
      state === 'rejected' && to.type === 'waiting' ? { ...to, countAs: 'failure' } : to,
    ),
}
