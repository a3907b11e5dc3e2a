import type { Store } from '@halfrate/core'

/** Answers every call from the store that is the current one by then. */
export function currentStore(current: () => Store): Store {
  return new Proxy(current(), {
    get: (_, name) => {
      const store = current()
      const value: unknown = Reflect.get(store, name)
      return typeof value === 'function' ? value.bind(store) : value
    },
  })
}
