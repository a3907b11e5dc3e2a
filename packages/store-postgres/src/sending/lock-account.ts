import type { Step } from '../session.js'

const LOCK = 'SELECT 1 FROM names WHERE id = $1 FOR NO KEY UPDATE'

/**
 * Makes steps about an account's batches wait for each other: one that marks batches as foreign must see each id that
 * another one is just learning. Taken before any other lock.
 */
export async function lockAccount({ db }: Step, accountId: number): Promise<void> {
  await db.run(LOCK, accountId)
}
