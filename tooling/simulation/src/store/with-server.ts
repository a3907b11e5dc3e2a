import { startPostgres } from '@halfrate/postgres-server'
import type { StoreKind } from './open-store.js'

// Plans and places of rows must not depend on when a background process comes by.
const SETTINGS = {
  autovacuum: 'off',
  jit: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '2GB',
  checkpoint_timeout: '1h',
}

/** Gives work the URL of a server for stores of these kinds; null when none of them needs one. */
export async function withServer<T>(
  kinds: readonly StoreKind[],
  work: (serverUrl: string | null) => Promise<T>,
): Promise<T> {
  if (!kinds.includes('postgres')) return await work(null)
  const server = await startPostgres({ settings: SETTINGS })
  try {
    return await work(server.url)
  } finally {
    await server.stop()
  }
}
