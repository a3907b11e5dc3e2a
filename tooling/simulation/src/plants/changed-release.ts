import type { ReleaseMove, Store } from '@halfrate/core'
import { wrappedStore } from './wrapped-store.js'

/** The parameters of a release. */
export type Release = Parameters<Store['releaseMembers']>[0]

/** A store in which members are let go in another way than was decided. */
export function changedRelease(
  store: Store,
  change: (move: ReleaseMove, release: Release) => ReleaseMove['to'],
): Store {
  return wrappedStore(store, {
    releaseMembers: (release) =>
      store.releaseMembers({
        ...release,
        moves: release.moves.map((move) => ({ ...move, to: change(move, release) })),
      }),
  })
}

/** How a request fails. */
export function failedAs(
  reason: 'rejected' | 'gave_up' | 'expired',
  detail: string | null = null,
): ReleaseMove['to'] {
  return { type: 'done', verdict: { status: 'failed', reason, detail } }
}
