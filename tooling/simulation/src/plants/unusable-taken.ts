import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Whatever was paid for passes for an answer. */
export const unusableTaken: Plant = {
  name: 'unusable_taken',
  about: 'An answer that was cut off, refused or empty passes for a usable one.',
  within: 30,
  store: (store) =>
    wrappedStore(store, {
      settle: (params) =>
        store.settle({
          ...params,
          lines: params.lines.map((line) =>
            line.verdict === null ? line : { ...line, verdict: { ...line.verdict, ...USABLE } },
          ),
        }),
    }),
}

const USABLE = { status: 'succeeded', reason: 'usable', detail: null } as const
