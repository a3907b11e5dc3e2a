import type pg from 'pg'

// Read anew each time, also within a transaction.
const WAITING = `SELECT count(*)::int AS waiting FROM pg_stat_get_activity(NULL) a
  JOIN pg_database d ON d.oid = a.datid
  WHERE d.datname = current_database() AND a.wait_event_type = 'Lock'`

/** Resolves when so many sessions of this database wait for a lock. */
export async function untilWaiting(client: pg.Client, sessions: number): Promise<void> {
  for (let waiting = -1; waiting !== sessions; ) {
    await client.query('SELECT pg_stat_clear_snapshot()')
    waiting = (await client.query<{ waiting: number }>(WAITING)).rows[0]?.waiting ?? 0
  }
}
