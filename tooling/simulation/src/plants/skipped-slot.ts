import { DAY_MS, type Store } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What came before a slot is taken for what came a day later. */
export const skippedSlot: Plant = {
  name: 'skipped_slot',
  about: 'What came before a slot is taken for what came a day later.',
  within: 400,
  view: (store) =>
    wrappedStore(store, {
      queueFacts: async (params) => moved(await store.queueFacts(params)),
    }),
}

function moved(facts: Awaited<ReturnType<Store['queueFacts']>>): typeof facts {
  const groups = facts.groups.map((group) => ({
    ...group,
    oldestCreatedAt: group.oldestCreatedAt + DAY_MS,
  }))
  return { ...facts, groups }
}
