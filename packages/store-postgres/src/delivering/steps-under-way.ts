import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../session.js'

// What ends requests holds one of these on the table before it reads which queues have a subscription.
const UNDER_WAY = `SELECT DISTINCT virtualtransaction AS id FROM pg_locks
  WHERE locktype = 'relation' AND relation = 'submissions'::regclass AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND mode IN ('RowShareLock', 'RowExclusiveLock')`

const LOOK_EVERY_MS = 10

/**
 * Resolves when every step that may have ended requests by what stood in the store before is over: those that begin later
 * see what was committed before this call.
 */
export async function stepsUnderWay(session: Session): Promise<void> {
  let left = await underWay(session)
  while (left.size > 0) {
    await sleep(LOOK_EVERY_MS)
    const now = await underWay(session)
    left = new Set([...left].filter((id) => now.has(id)))
  }
}

async function underWay(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.read(({ db }) => db.all<{ id: string }>(UNDER_WAY))
  return new Set(rows.map(({ id }) => id))
}
