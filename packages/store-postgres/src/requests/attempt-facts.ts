import { UNSENT_STATES } from '@halfrate/core'
import { outcomeTypes, submissionStates } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { grouped } from '../grouped.js'
import type { Step } from '../session.js'

/** One attempt of a request, with where its submission is. Kept up to date while a step decides. */
export interface AttemptFacts {
  readonly submission_id: number
  readonly ordinal: number
  readonly request_id: number
  readonly body_id: number
  readonly item_bytes: number
  readonly hold_nano: number | null
  readonly outcome: number | null
  released_at: number | null
  waste: number
  readonly submission_state: number
}

// By attempts_request; a request has few attempts.
const OF_REQUESTS = `SELECT a.submission_id, a.ordinal, a.request_id, a.body_id, a.item_bytes, a.hold_nano,
    a.outcome, a.released_at, a.waste, s.state AS submission_state
  FROM attempts_now a JOIN submissions s ON s.id = a.submission_id
  WHERE a.request_id = ANY($1::bigint[]) ORDER BY a.request_id, a.number`

/** Attempts of some requests, oldest first. A request without one has no entry. */
export async function attemptsOf(
  { db }: Step,
  requestIds: readonly number[],
): Promise<ReadonlyMap<number, readonly AttemptFacts[]>> {
  if (requestIds.length === 0) return new Map()
  const attempts = await db.all<AttemptFacts>(OF_REQUESTS, numbers(requestIds))
  return grouped(attempts, (attempt) => attempt.request_id)
}

/** Whether an attempt still decides where its request is. */
export function isLive(attempt: Pick<AttemptFacts, 'released_at'>): boolean {
  return attempt.released_at === null
}

/** Whether an attempt's outcome is a success. */
export function isSuccess(attempt: Pick<AttemptFacts, 'outcome'>): boolean {
  return attempt.outcome === outcomeTypes.code('succeeded')
}

const UNSENT_CODES: readonly number[] = UNSENT_STATES.map((state) => submissionStates.code(state))

/** Whether an attempt is in a submission of which no byte was sent. */
export function isUnsent(attempt: Pick<AttemptFacts, 'submission_state'>): boolean {
  return UNSENT_CODES.includes(attempt.submission_state)
}
