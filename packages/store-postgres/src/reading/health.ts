import type { StoreHealth } from '@halfrate/core'
import type { Session } from '../session.js'

const HEALTH = `SELECT current_setting('server_version') AS version,
  (SELECT max(name) FROM migrations) AS schema, current_setting('fsync') AS fsync,
  current_setting('full_page_writes') AS full_page_writes,
  (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::int8 FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r') AS bytes`

interface HealthRow {
  readonly version: string
  readonly schema: string | null
  readonly fsync: string
  readonly full_page_writes: string
  readonly bytes: number
}

/** See `OperatingStore.health`. A server checks its own files, so no faults are looked for. */
export function health(session: Session): Promise<StoreHealth> {
  return session.read(async ({ db }) => {
    const row = await db.get<HealthRow>(HEALTH)
    return {
      engine: `PostgreSQL ${row?.version ?? ''}`.trim(),
      schema: row?.schema ?? 'none',
      bytes: row?.bytes ?? 0,
      isDurable: row?.fsync === 'on' && row.full_page_writes === 'on',
      faults: null,
    }
  })
}
