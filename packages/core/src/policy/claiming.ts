// Submissions that a worker takes in one round. Duties and planning come again only after it.
const CLAIMED_A_ROUND = 100

/** What a worker has, when it thinks of claiming more. */
export interface ClaimFacts {
  /** Steps that it could begin at this moment. */
  readonly free: number
  /** Submissions that it holds and has not begun, each of which is a step of its own. */
  readonly alone: number
  /** The same for those that are done together: one look at the list answers for many polls or scans. */
  readonly together: number
  /** Submissions that it has taken in this round, those included. */
  readonly claimed: number
}

/**
 * How many more submissions a worker asks for; 0 when it has enough.
 *
 * What it holds and can't begin yet keeps others idle, so it takes no more steps than it has hands. What is done
 * together costs no more for being many: of that it takes twice as many each time.
 */
export function claimLimit({ free, alone, together, claimed }: ClaimFacts): number {
  const missing = free - alone
  if (missing <= 0) return 0
  return Math.max(0, Math.min(CLAIMED_A_ROUND - claimed, Math.max(missing, together)))
}
