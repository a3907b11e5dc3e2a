import type { Session } from './session.js'

// Ids of a busy millisecond; at more than 256,000 a second they run ahead of the clock for a while.
const IDS_PER_MS = 256
// Counted from 2026, ids fit into six bytes until 2043, and each row holds several.
const ORIGIN_AT = Date.UTC(2026, 0, 1)

const READ = "SELECT value FROM counters WHERE name = 'next_id'"
const WRITE = "UPDATE counters SET value = ? WHERE name = 'next_id'"

/**
 * Takes a block of ascending ids, in the running transaction, and answers the first.
 *
 * The clock is their floor, so a store that was restored from a copy never gives one out again. The counter is in the
 * database, so ids of all processes ascend in the order of their transactions.
 */
export function takeIds(session: Session, count: number): number {
  const floor = Math.floor((session.now() - ORIGIN_AT) * IDS_PER_MS)
  const next = session.db.get<{ value: number }>(READ)?.value ?? 1
  const first = Math.max(next, floor)
  session.db.run(WRITE, first + count)
  return first
}
