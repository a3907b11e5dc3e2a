import { createHash } from 'node:crypto'
import type { AttemptRef, ResultLine, SettleFacts, Submission } from '@halfrate/core'
import { outcomeTypes, type RequestsNow, requestStates, resultOf } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import {
  type AttemptFacts,
  attemptsOf,
  isLive,
  isSuccess,
  isUnsent,
} from '../requests/attempt-facts.js'
import type { Step } from '../session.js'

/** What a request's row says for a line about it. Kept up to date while a page is booked. */
export interface SettledRequest
  extends Pick<RequestsNow, 'state' | 'result_in' | 'result_at' | 'attempt_count'> {}

/** An attempt that a line is for, with its request and the other attempts of that. */
export interface SettleRow extends SettledRequest {
  readonly ordinal: number
  readonly request_id: number
  readonly body_id: number
  readonly withdrawn: number
  outcome: number | null
  released_at: number | null
  cost_nano: number | null
  result_id: number | null
  /** SHA-256 of the line that is booked, so that its bytes need not come back to be compared; null for none. */
  digest: Uint8Array | null
  readonly others: readonly AttemptFacts[]
}

// attempts_request finds the places, then a few seeks.
const LOAD = `SELECT a.ordinal, a.request_id, a.body_id, a.outcome, a.released_at, a.withdrawn,
    a.cost_nano, a.result_id,
    sha256(x.bytes) AS digest, r.state, r.result_in, r.result_at, r.attempt_count
  FROM unnest($2::bigint[]) v(id) JOIN attempts_now a ON a.request_id = v.id
  JOIN requests_now r ON r.id = a.request_id LEFT JOIN results x ON x.id = a.result_id
  WHERE a.submission_id = $1`

/** Attempts of a submission by request, for the locked requests that a page of lines is about. */
export async function loadSettleRows(
  step: Step,
  submission: Submission,
  requestIds: readonly number[],
): Promise<Map<number, SettleRow>> {
  if (requestIds.length === 0) return new Map()
  const rows = await step.db.all<Omit<SettleRow, 'others'>>(
    LOAD,
    submission.id,
    numbers(requestIds),
  )
  const several = rows.filter((row) => row.attempt_count > 1).map((row) => row.request_id)
  const attempts = await attemptsOf(step, several)
  return new Map(
    rows.map((row) => {
      const all = attempts.get(row.request_id) ?? []
      const others = all.filter((other) => other.submission_id !== submission.id)
      return [row.request_id, { ...row, others }]
    }),
  )
}

/** What {@link SettleRow.digest} is of a line. */
export function digestOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** The facts that core decides a line on. */
export function settleFactsOf(
  submission: Submission,
  row: SettleRow,
  line: ResultLine,
): SettleFacts {
  const self: AttemptRef = { submissionId: submission.id, ordinal: row.ordinal }
  return {
    self,
    attempt: {
      outcome: outcomeTypes.wordOrNull(row.outcome),
      released: row.released_at !== null && !isReleasedBefore(submission),
      bodyId: row.body_id,
      sameBytes:
        row.digest === null ? null : Buffer.compare(row.digest, digestOf(line.bytes)) === 0,
      hasCost: row.cost_nano !== null,
    },
    request: { state: requestStates.word(row.state), result: resultOf(row) },
    otherLive: row.others.filter((other) => isLive(other) && !isUnsent(other)).length,
    successes: row.others.filter(isSuccess).map((other) => ({
      ref: { submissionId: other.submission_id, ordinal: other.ordinal },
      bodyId: other.body_id,
      waste: other.waste === 1,
    })),
  }
}

// A twin's attempts are released from birth, an orphan's when it was given up: not for the outcome that is noted now.
function isReleasedBefore({ twinOf, orphan }: Submission): boolean {
  return twinOf !== null || orphan
}
