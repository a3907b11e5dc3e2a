import { HOUR_MS, type Store } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What came after a slot is taken for what came an hour before it. */
export const hastySlot: Plant = {
  name: 'hasty_slot',
  about: 'What came after a slot is taken for what came an hour before it.',
  within: 300,
  view: (store) =>
    wrappedStore(store, {
      queueFacts: async (params) => moved(await store.queueFacts(params)),
    }),
}

function moved(facts: Awaited<ReturnType<Store['queueFacts']>>): typeof facts {
  const groups = facts.groups.map((group) => ({
    ...group,
    oldestCreatedAt: group.oldestCreatedAt - HOUR_MS,
  }))
  return { ...facts, groups }
}
