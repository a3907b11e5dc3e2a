import type { EpochMs, OperatingStore, Store } from '@halfrate/core'
import type { PostgresStore } from '@halfrate/store-postgres'
import { nodeDigest } from './node-digest.js'
import type { ListenForWork, MoveInbox } from './server-engine.js'
import { checkStoreText, isPostgresUrl, parsePostgresUrl } from './store-place.js'

/** A store, and what only some stores can do. */
export interface OpenedStore {
  readonly store: Store & OperatingStore
  /** Null for a store that says nothing by itself. */
  readonly listen: ListenForWork | null
  /** Null for a store without an inbox. */
  readonly moveInbox: ((isPriced: (model: string) => boolean) => ReturnType<MoveInbox>) | null
  /** Null for a store without an inbox. */
  readonly countInbox: PostgresStore['countInbox'] | null
  /** Null for a store that has no transaction of anybody else's to join. */
  readonly enqueueIn: PostgresStore['enqueueIn'] | null
}

/**
 * Opens the store that a path or a URL names. A driver is loaded only when it is needed: a process that is too old for
 * one can still say so.
 *
 * @throws {ConfigError} when it is neither.
 */
export async function openStore(params: {
  readonly store: string
  /** A clock that is not real time; null for the store's own. */
  readonly fastNow: (() => EpochMs) | null
  /** The real one, for a store without a clock of its own. */
  readonly realNow: () => EpochMs
  /** Whether one that is not there is made, and an older one brought up to date. */
  readonly make: boolean
}): Promise<OpenedStore> {
  const { store, fastNow, realNow, make } = params
  checkStoreText(store)
  if (isPostgresUrl(store)) {
    const { openPostgresStore } = await import('@halfrate/store-postgres')
    const place = parsePostgresUrl(store)
    const opened = await openPostgresStore({ ...place, now: fastNow ?? undefined, make })
    return {
      store: opened,
      listen: (onWork) => opened.listen(onWork),
      moveInbox: (isPriced) => opened.moveInbox({ hash128: nodeDigest.hash128, isPriced }),
      countInbox: () => opened.countInbox(),
      enqueueIn: (params) => opened.enqueueIn(params),
    }
  }
  const { openSqliteStore } = await import('@halfrate/store-sqlite')
  const opened = await openSqliteStore({ path: store, now: fastNow ?? realNow })
  return { store: opened, listen: null, moveInbox: null, countInbox: null, enqueueIn: null }
}
