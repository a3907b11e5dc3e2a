import type { Attempt } from '../model/attempt.js'
import type { RequestId } from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import type { AttemptRef, Verdict } from '../model/request.js'
import { assertRequestMove, UNSENT_STATES } from '../policy/transition.js'
import { isLive, refOf } from './attempt-table.js'
import type { Tables } from './tables.js'

/** Live attempts of a request, oldest first. */
export function liveAttempts(tables: Tables, requestId: RequestId): readonly Attempt[] {
  return tables.attempts.ofRequest(requestId).filter(isLive)
}

/** Whether an attempt is in a submission of which no byte was sent. */
export function isUnsent(tables: Tables, attempt: Attempt): boolean {
  return UNSENT_STATES.includes(tables.submissions.need(attempt.submissionId).state)
}

/** Takes an attempt out of an unsent submission, whose count, bytes and hold go down with it. */
export function withdraw(tables: Tables, attempt: Attempt): void {
  const submission = tables.submissions.need(attempt.submissionId)
  tables.attempts.update(refOf(attempt), { withdrawn: true, releasedAt: tables.now() })
  tables.submissions.update(submission.id, {
    requestCount: submission.requestCount - 1,
    itemsBytes: submission.itemsBytes - attempt.itemBytes,
    holdNano: (submission.holdNano - (attempt.holdNano ?? 0)) as NanoUsd,
  })
}

/** Ends a request, and takes it out of every submission in which it has not been sent yet. */
export function finish(
  tables: Tables,
  requestId: RequestId,
  end: { readonly verdict: Verdict; readonly result: AttemptRef | null },
): void {
  const { state } = tables.requests.need(requestId).request
  assertRequestMove(state, 'done')
  tables.requests.update(requestId, { ...end, state: 'done', doneAt: tables.now() })
  tables.ended.add(requestId)
  for (const attempt of liveAttempts(tables, requestId)) {
    if (isUnsent(tables, attempt)) withdraw(tables, attempt)
  }
}
