import type { Store } from '@halfrate/core'
import type { StoreCall } from '../store/store-call.js'

/** A store in which some calls are answered by others. */
export function wrappedStore(store: Store, calls: Partial<Pick<Store, StoreCall>>): Store {
  const handler: ProxyHandler<Store> = {
    get(_, name) {
      const own = calls[name as StoreCall]
      if (own !== undefined) return own
      const value: unknown = store[name as keyof Store]
      return typeof value === 'function' ? (value as () => unknown).bind(store) : value
    },
  }
  return new Proxy(store, handler)
}
