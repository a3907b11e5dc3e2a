import {
  ConfigError,
  type EpochMs,
  InvariantError,
  type OperatingStore,
  type Store,
} from '@halfrate/core'
import { Keys } from './keys.js'
import { checkServer } from './redis/check-server.js'
import { Connection } from './redis/connection.js'
import { RedisStore } from './redis-store.js'
import { Session } from './session.js'

/** Where a store is and how it is used. */
export interface RedisStoreOptions {
  /** `redis://user:password@host:port/database`, or `rediss://` for TLS. */
  readonly url: string
  /** What every key begins with. Letters, digits, `_`, `.` and `-`. Default `halfrate`. */
  readonly namespace?: string | undefined
  /** Most rows in one call, 100 to 2,000. Default 1,000: a page is one script, and nobody else is served meanwhile. */
  readonly pageLimit?: number | undefined
  /** How long to try to connect at first, milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined
  /** How long a command may take before its outcome counts as unknown, milliseconds. Default 60,000. */
  readonly answerTimeoutMs?: number | undefined
  /** The store's clock, in epoch milliseconds, for tests. Default: the server's, the same for all workers. */
  readonly now?: (() => EpochMs) | undefined
}

/**
 * Opens a store on a single Redis server, 7.0 or newer. Any number of workers, in any number of processes, may run on it.
 *
 * @throws {ConfigError} when an option can't be used, the server would not keep what it acknowledges, or an older version
 *   wrote the store.
 * @throws {StoreForeignError} when something else is under the namespace, or the store that was there is gone.
 * @throws {StoreNewerError} when a newer version wrote it.
 * @throws {StoreUnavailableError} when the server can't be reached.
 *
 * @example
 * const store = await openRedisStore({ url: 'redis://127.0.0.1:6379' })
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store & OperatingStore> {
  const { url, namespace = 'halfrate', pageLimit = 1_000 } = options
  const { connectTimeoutMs = 10_000, answerTimeoutMs = 60_000 } = options
  if (!/^[\w.-]+$/.test(namespace)) {
    throw new ConfigError(
      `A namespace has letters, digits, "_", "." and "-", not ${JSON.stringify(namespace)}.`,
      'Choose another one.',
    )
  }
  // Lua takes the words of one command from its stack, and a script that fails half-way is not undone.
  if (pageLimit < 100 || pageLimit > 2_000) {
    throw new InvariantError('A page is 100 to 2,000 rows.')
  }
  const keys = new Keys(namespace)
  let mayMake = true
  const connection = await Connection.open({
    url,
    connectTimeoutMs,
    answerTimeoutMs,
    check: async (ask) => {
      await checkServer(ask, { formatKey: keys.of('format'), mayMake })
      // A server that comes back without it has lost the store.
      mayMake = false
    },
  })
  return new RedisStore(new Session({ connection, keys, pageLimit, now: options.now ?? null }))
}
