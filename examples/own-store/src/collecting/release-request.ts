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
import { isLive, nameOf, refOf } from '../rows/stored-attempt.js'
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

// Files are the request's, and so are shared members as long as a body does not stand alone, so that the new body has them too.
function changeBody(step: Step, requestId: RequestId, changed: ChangedBody): void {
  const { reason, body, itemBytes, maxTokens, model, standsAlone = false } = changed
  const bodyId = step.takeId<number>()
  const { request, attempts, changedBodies = [] } = step.requests.need(requestId)
  const asks = { bodyId, itemBytes, maxTokens, ...(model === undefined ? {} : { model }) }
  changeRequest(step, requestId, asks, {
    changedBodies: [...changedBodies, { bodyId, reason }],
    ...(standsAlone ? { prefixId: 0 } : {}),
  })
  step.also('SET', step.keys.of('body', bodyId), body)
  if (model === undefined) return
  // The model of attempts is that of their request until it asks another one.
  for (const ref of attempts) {
    const row = step.attempts.need(nameOf(ref))
    const attempt = { ...row.attempt, model: row.attempt.model ?? request.model }
    step.attempts.set(nameOf(ref), { ...row, attempt })
  }
}

function resultOf(attempt: Attempt, verdict: Verdict): AttemptRef | null {
  return attempt.outcome === null || verdict.status === 'canceled' ? null : refOf(attempt)
}
