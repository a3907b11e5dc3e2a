import type { Store } from '@halfrate/core'
import { wrappedStore } from './wrapped-store.js'

/** A store that tells planning of waiting requests as if they had come by so much later, or earlier. */
export function withArrivalsMoved(store: Store, byMs: number): Store {
  return wrappedStore(store, {
    queueFacts: async (params) => {
      const facts = await store.queueFacts(params)
      const groups = facts.groups.map((group) => ({
        ...group,
        oldestCreatedAt: group.oldestCreatedAt + byMs,
      }))
      return { ...facts, groups }
    },
  })
}
