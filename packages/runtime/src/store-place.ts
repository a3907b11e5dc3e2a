import { ConfigError } from '@halfrate/core'
import { type StoreTimeouts, takeTimeouts } from './store-durations.js'

/** A store on PostgreSQL, as its URL says it. */
export interface PostgresPlace extends StoreTimeouts {
  /** Without what is ours in it. May hold a password: never print it. */
  readonly url: string
  readonly schema: string | undefined
  readonly pooler: 'none' | 'transaction' | undefined
  readonly poolSize: number | undefined
  readonly durability: 'checked' | 'unchecked' | undefined
}

/** Whether a store is named by the URL of a PostgreSQL database; anything else is the path of a file. */
export function isPostgresUrl(store: string): boolean {
  return /^postgres(ql)?:\/\//i.test(store)
}

// Two letters at least, so that a drive of Windows is none.
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i

/**
 * Checks that a store is named by the path of a file or the URL of a PostgreSQL database: the URL of anything else would be
 * taken for a path, and a file of an odd name made.
 *
 * @throws {ConfigError} otherwise, or when nothing is named.
 */
export function checkStoreText(store: string): void {
  if (store === '') {
    throw new ConfigError(
      'store: expected the path of a file or a postgres:// URL, got nothing.',
      'Name one, such as ./halfrate.db.',
    )
  }
  const scheme = SCHEME.exec(store)?.[1]
  if (scheme === undefined || isPostgresUrl(store)) return
  throw new ConfigError(
    `store: expected the path of a file or a postgres:// URL, got one that begins with ${scheme}://.`,
    /^(file|sqlite3?)$/i.test(scheme)
      ? `Leave ${scheme}:// out and name the file itself, such as ./halfrate.db.`
      : 'Work is kept in an SQLite file or in PostgreSQL; a store of your own is opened by a program.',
  )
}

/**
 * Reads the URL of a PostgreSQL database. `schema`, `pooler` (`none` or `transaction`), `pool_size`, `durability`
 * (`checked` or `unchecked`) and the time-outs of {@link takeTimeouts} in its query are ours; the rest is the driver's.
 *
 * @throws {ConfigError} when it is no URL, or one of ours can't be used. Its message has no password.
 */
export function parsePostgresUrl(store: string): PostgresPlace {
  const url = urlOf(store)
  if (url === null) {
    throw new ConfigError(
      `${storeText(store)}: expected the URL of a PostgreSQL database.`,
      'Write it as postgres://user:password@host:port/database; escape odd characters of the password with %.',
    )
  }
  const take = (name: string): string | undefined => {
    const value = url.searchParams.get(name) ?? undefined
    url.searchParams.delete(name)
    return value
  }
  const pooler = poolerOf(take('pooler'))
  const poolSize = poolSizeOf(take('pool_size'))
  const durability = durabilityOf(take('durability'))
  const timeouts = takeTimeouts(take)
  return { ...timeouts, schema: take('schema'), pooler, poolSize, durability, url: url.href }
}

const HIDDEN = '•••'
// Query members of the driver that are secrets, or lead to one.
const SECRETS = ['password', 'sslpassword', 'sslkey', 'passfile']

/** A store's place as it may be printed: a path as it is, a URL without its password. */
export function storeText(store: string): string {
  if (!isPostgresUrl(store)) return store
  const url = urlOf(store)
  // What can't be read may hold a password anywhere before the last @.
  if (url === null) return store.replace(/\/\/.*@/, `//${HIDDEN}@`).replace(/\?.*$/, '')
  url.password = ''
  for (const name of SECRETS) url.searchParams.delete(name)
  return url.href
}

function urlOf(store: string): URL | null {
  return URL.canParse(store) ? new URL(store) : null
}

function poolerOf(text: string | undefined): PostgresPlace['pooler'] {
  if (text === undefined || text === 'none' || text === 'transaction') return text
  throw new ConfigError(
    `pooler: expected none or transaction, got ${JSON.stringify(text)}.`,
    'Correct it in the URL of the store.',
  )
}

function durabilityOf(text: string | undefined): PostgresPlace['durability'] {
  if (text === undefined || text === 'checked' || text === 'unchecked') return text
  throw new ConfigError(
    `durability: expected checked or unchecked, got ${JSON.stringify(text)}.`,
    'Correct it in the URL of the store.',
  )
}

function poolSizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const size = Number(text)
  if (Number.isSafeInteger(size) && size >= 1 && size <= 1_000) return size
  throw new ConfigError(
    `pool_size: expected a whole number from 1 to 1,000, got ${JSON.stringify(text)}.`,
    'Correct it in the URL of the store.',
  )
}
