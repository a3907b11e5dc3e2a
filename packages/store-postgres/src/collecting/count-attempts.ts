import type { AttemptCounts, SubmissionId } from '@halfrate/core'
import { outcomeTypes } from '@halfrate/store-sql'
import type { Session } from '../session.js'

interface CountRow {
  readonly outcome: number | null
  readonly total: number
  readonly live: number
}

// A run of the primary key, grouped into at most five.
const COUNT = `SELECT outcome, count(*) AS total, count(*) - count(released_at) AS live
  FROM attempts_now WHERE submission_id = $1 AND withdrawn = 0 GROUP BY outcome`

/** See `CollectingStore.countAttempts`. */
export function countAttempts(
  session: Session,
  params: Readonly<{ submissionId: SubmissionId }>,
): Promise<AttemptCounts> {
  return session.read(async ({ db }) => {
    const outcomes = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
    let total = 0
    let live = 0
    for (const row of await db.all<CountRow>(COUNT, params.submissionId)) {
      outcomes[outcomeTypes.wordOrNull(row.outcome) ?? 'processing'] += row.total
      total += row.total
      live += row.live
    }
    return { total, outcomes, live }
  })
}
