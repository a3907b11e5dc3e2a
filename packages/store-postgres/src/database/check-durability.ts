import { InvariantError } from '@halfrate/core'
import { StoreAccessError } from '@halfrate/store-sql'
import type { Connection } from './connection.js'

/** Whether the server's own settings must keep what it has acknowledged. */
export type Durability = 'checked' | 'unchecked'

// The last one is nobody's but ours: a server, database or role for tests says so by it.
const SETTINGS = `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
  current_setting('halfrate.durability', true) AS durability`

interface SettingsRow {
  readonly fsync: string
  readonly full_page_writes: string
  readonly durability: string | null
}

const RISKS = {
  fsync: 'a crash of its machine loses or breaks what it has acknowledged',
  full_page_writes: 'a power cut in the middle of a page breaks it for good',
} as const

/**
 * Passes on a server that keeps what it has acknowledged, and on one that is said to be for tests.
 *
 * `synchronous_commit = off` is overruled by each transaction of ours; `local` and stronger wait for the primary's disk,
 * which is what is needed.
 *
 * @throws {StoreAccessError} naming the setting and what to do.
 */
export async function checkDurability(db: Connection, place: string): Promise<void> {
  const row = await db.get<SettingsRow>(SETTINGS)
  if (row === undefined) throw new InvariantError('The server did not say how it is set.')
  if (row.durability === 'unchecked') return
  for (const name of ['fsync', 'full_page_writes'] as const) {
    if (row[name] !== 'off') continue
    throw new StoreAccessError(
      `${place}: the server runs with ${name} = off, so ${RISKS[name]}, and requests would be sent and paid twice.`,
      `Switch ${name} on (ALTER SYSTEM SET ${name} = on). Where nothing is worth keeping, or the storage can't tear a page, say so: durability=unchecked in the store's URL, or ALTER DATABASE … SET halfrate.durability = 'unchecked'.`,
    )
  }
}
