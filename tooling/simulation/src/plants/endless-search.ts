import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Bad requests are looked for with as many creates as it takes. */
export const endlessSearch: Plant = {
  name: 'endless_search',
  about: 'Creates that bad requests cost are never counted, so that their lane never rests.',
  within: 900,
  store: (store) =>
    wrappedStore(store, {
      putSetting: (params) => store.putSetting({ ...params, value: uncounted(params.value) }),
    }),
}

interface Counted {
  readonly incidents?: readonly object[]
}

function uncounted<T>(value: T): T {
  const { incidents } = (value ?? {}) as Counted
  if (incidents === undefined) return value
  return {
    ...value,
    incidents: incidents.map((incident) => ({ ...incident, creates: 1, exhaustedAt: null })),
  }
}
