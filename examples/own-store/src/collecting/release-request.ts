import {
  type Attempt,
  type AttemptRef,
  assertRequestMove,
  type ChangedBody,
  type ReleaseEffect,
  type ReleaseFacts,
  type RequestId,
  type Verdict,
} from '@halfrate/core'
import { changeRequest } from '../rows/change.js'
import { finish } from '../rows/finish.js'
import { liveAttempts } from '../rows/load-requests.js'
import { isLive, refOf } from '../rows/stored-attempt.js'
import type { Step } from '../step.js'

/** What letting an attempt go is decided on. Its request was loaded with all attempts. */
export function releaseFacts(step: Step, attempt: Attempt): ReleaseFacts {
  const { request } = step.requests.need(attempt.requestId)
  return {
    attempt: { outcome: attempt.outcome, released: !isLive(attempt) },
    request: {
      state: request.state,
      cancelRequested: request.cancelRequestedAt !== null,
      verdict: request.verdict,
    },
    otherLive: liveAttempts(step, request.id).length - Number(isLive(attempt)),
  }
}

/** Does to a request what was decided when its attempt was let go. */
export function applyToRequest(
  step: Step,
  attempt: Attempt,
  effect: Extract<ReleaseEffect, { type: 'release' }>['request'],
): void {
  const { requestId } = attempt
  const { request } = step.requests.need(requestId)
  switch (effect.type) {
    case 'none':
      return
    case 'done': {
      // A verdict that was kept ends the request with the attempt that brought it.
      const wasKept = effect.verdict === request.verdict
      const result = wasKept ? request.result : resultOf(attempt, effect.verdict)
      finish(step, requestId, { verdict: effect.verdict, result })
      return
    }
    case 'keep_verdict': {
      const { verdict } = effect
      changeRequest(step, requestId, { verdict, result: resultOf(attempt, verdict) })
      return
    }
    case 'waiting': {
      if (request.state !== 'waiting') assertRequestMove(request.state, 'waiting')
      const batchLimit = effect.batchLimit ?? request.batchLimit
      const { notBefore, changed } = effect
      changeRequest(step, requestId, { state: 'waiting', notBefore, batchLimit })
      if (changed !== undefined) changeBody(step, requestId, changed)
    }
  }
}

// Shared members and files are the request's, so that the new body has them too.
function changeBody(
  step: Step,
  requestId: RequestId,
  { reason, body, itemBytes, maxTokens }: ChangedBody,
): void {
  const bodyId = step.takeId<number>()
  const { changedBodies = [] } = step.requests.need(requestId)
  const asks = { bodyId, itemBytes, maxTokens }
  changeRequest(step, requestId, asks, { changedBodies: [...changedBodies, { bodyId, reason }] })
  step.also('SET', step.keys.of('body', bodyId), body)
}

function resultOf(attempt: Attempt, verdict: Verdict): AttemptRef | null {
  return attempt.outcome === null || verdict.status === 'canceled' ? null : refOf(attempt)
}
