import type { Fence, Store } from '@halfrate/core'
import type { Plant, PlantReach } from './plant.js'

/** Whoever writes is taken for the one who holds the lease. */
export const skippedEpoch: Plant = {
  name: 'skipped_epoch',
  about: 'Writes are taken from holders whose lease went to somebody else.',
  within: 150,
  store: (store, reach) => unfenced(store, reach),
}

type AnyCall = (params?: unknown) => Promise<unknown>

function unfenced(store: Store, { judge }: PlantReach): Store {
  return new Proxy(store, {
    get(_, name) {
      const value: unknown = store[name as keyof Store]
      if (typeof value !== 'function') return value
      const call = (value as AnyCall).bind(store)
      if (name === 'renew' || name === 'release') return call
      return (params?: { readonly fence?: Fence }) => {
        const fence = params?.fence
        if (fence === undefined) return call(params)
        const epoch = judge.leases.epochOf(fence.resource)
        return call({ ...params, fence: { ...fence, epoch } })
      }
    },
  })
}
