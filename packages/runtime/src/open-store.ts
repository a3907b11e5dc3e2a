import type { EpochMs, Store } from '@halfrate/core'
import { isPostgresUrl, parsePostgresUrl } from './store-place.js'

/**
 * Opens the store that a path or a URL names. A driver is loaded only when it is needed: a process that is too old for
 * one can still say so.
 */
export async function openStore(params: {
  readonly store: string
  /** A clock that is not real time; null for the store's own. */
  readonly fastNow: (() => EpochMs) | null
  /** The real one, for a store without a clock of its own. */
  readonly realNow: () => EpochMs
  /** Whether one that is not there is made, and an older one brought up to date. */
  readonly make: boolean
}): Promise<Store> {
  const { store, fastNow, realNow, make } = params
  if (isPostgresUrl(store)) {
    const { openPostgresStore } = await import('@halfrate/store-postgres')
    return openPostgresStore({ ...parsePostgresUrl(store), now: fastNow ?? undefined, make })
  }
  const { openSqliteStore } = await import('@halfrate/store-sqlite')
  return openSqliteStore({ path: store, now: fastNow ?? realNow })
}
