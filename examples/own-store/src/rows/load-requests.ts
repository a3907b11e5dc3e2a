import type { Attempt, RequestId } from '@halfrate/core'
import type { Step } from '../step.js'
import { isLive, nameOf } from './stored-attempt.js'

/** Reads requests with all their attempts and the submissions of those: what decisions about them look at. */
export async function loadRequests(step: Step, ids: readonly RequestId[]): Promise<void> {
  await step.requests.load(ids)
  const refs = ids.flatMap((id) => step.requests.get(id)?.attempts ?? [])
  await Promise.all([
    step.attempts.load(refs.map(nameOf)),
    step.submissions.load(refs.map((ref) => ref.submissionId as never)),
  ])
}

/** Attempts of a request that was loaded, oldest first. */
export function attemptsOf(step: Step, requestId: RequestId): readonly Attempt[] {
  const { attempts } = step.requests.need(requestId)
  return attempts.map((ref) => step.attempts.need(nameOf(ref)).attempt)
}

/** Those of them that are live. */
export function liveAttempts(step: Step, requestId: RequestId): readonly Attempt[] {
  return attemptsOf(step, requestId).filter(isLive)
}
