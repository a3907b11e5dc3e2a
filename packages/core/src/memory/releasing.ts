import type { Attempt } from '../model/attempt.js'
import type { ChangedBody } from '../model/changed-body.js'
import type { RemoteId, RequestId, SubmissionId } from '../model/ids.js'
import type { AttemptRef, Request, Verdict } from '../model/request.js'
import { queueResource, submissionResource } from '../model/resource.js'
import type { ReleaseEffect, ReleaseFacts } from '../model/settlement.js'
import type { Submission, SubmissionState } from '../model/submission.js'
import { releaseMember } from '../policy/release.js'
import { assertRequestMove, UNSENT_STATES } from '../policy/transition.js'
import type { ReleaseMove, ReleaseResult } from '../ports/store-collecting.js'
import type { Fence } from '../ports/store-leases.js'
import { isLive, refOf } from './attempt-table.js'
import { finish, liveAttempts, withdraw } from './membership.js'
import { dissolveEmpty } from './planning.js'
import type { Tables } from './tables.js'

/** See {@link CollectingStore.releaseMembers}. */
export function releaseMembers(
  tables: Tables,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    state: SubmissionState
    remoteId: RemoteId | null
    moves: readonly ReleaseMove[]
  }>,
): ReleaseResult {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, submissionResource(submission.id))
  tables.checkPage(params.moves)
  if (submission.state !== params.state || submission.remoteId !== params.remoteId) {
    return { released: 0, waiting: 0, done: 0, skipped: params.moves.length }
  }
  const result = { released: 0, waiting: 0, done: 0, skipped: 0 }
  for (const move of params.moves) {
    const effect = releaseOne(tables, submission, move)
    if (effect.type === 'skip') {
      result.skipped += 1
      continue
    }
    result.released += 1
    if (effect.request.type === 'waiting') result.waiting += 1
    if (effect.request.type === 'done') result.done += 1
  }
  restWhenEmpty(tables, submission)
  return result
}

// Nothing is left to do for a refused or lost one; if its batch turns up, evidence gives it a next step again.
function restWhenEmpty(tables: Tables, submission: Submission): void {
  const isOver = submission.state === 'rejected' || submission.state === 'lost'
  if (!isOver || tables.attempts.liveCount(submission.id) > 0) return
  tables.submissions.update(submission.id, { nextStepAt: null })
}

function releaseOne(tables: Tables, { id, state }: Submission, move: ReleaseMove): ReleaseEffect {
  const attempt = tables.attempts.get({ submissionId: id, ordinal: move.ordinal })
  if (attempt === undefined || attempt.withdrawn) return { type: 'skip' }
  const effect = releaseMember(releaseFacts(tables, attempt), move)
  if (effect.type === 'skip') return effect
  if (UNSENT_STATES.includes(state)) withdraw(tables, attempt)
  else {
    tables.attempts.update(refOf(attempt), {
      releasedAt: tables.now(),
      possiblyPaid: attempt.possiblyPaid || move.possiblyPaid,
    })
  }
  count(tables, attempt.requestId, effect.countAs)
  applyToRequest(tables, attempt, effect.request)
  return effect
}

function releaseFacts(tables: Tables, attempt: Attempt): ReleaseFacts {
  const { request } = tables.requests.need(attempt.requestId)
  return {
    attempt: { outcome: attempt.outcome, released: !isLive(attempt) },
    request: {
      state: request.state,
      cancelRequested: request.cancelRequestedAt !== null,
      verdict: request.verdict,
    },
    otherLive: liveAttempts(tables, request.id).length - Number(isLive(attempt)),
  }
}

function count(
  tables: Tables,
  requestId: RequestId,
  countAs: 'failure' | 'expiry' | 'nothing',
): void {
  const { failureCount, expiryCount } = tables.requests.need(requestId).request
  if (countAs === 'failure') tables.requests.update(requestId, { failureCount: failureCount + 1 })
  if (countAs === 'expiry') tables.requests.update(requestId, { expiryCount: expiryCount + 1 })
}

function applyToRequest(
  tables: Tables,
  attempt: Attempt,
  effect: Extract<ReleaseEffect, { type: 'release' }>['request'],
): void {
  const { requestId } = attempt
  const { request } = tables.requests.need(requestId)
  switch (effect.type) {
    case 'none':
      return
    case 'done': {
      // A verdict that was kept ends the request with the attempt that brought it.
      const wasKept = effect.verdict === request.verdict
      const result = wasKept ? request.result : resultOf(attempt, effect.verdict)
      finish(tables, requestId, { verdict: effect.verdict, result })
      return
    }
    case 'keep_verdict': {
      const { verdict } = effect
      tables.requests.update(requestId, { verdict, result: resultOf(attempt, verdict) })
      return
    }
    case 'waiting': {
      if (request.state !== 'waiting') assertRequestMove(request.state, 'waiting')
      const batchLimit = effect.batchLimit ?? request.batchLimit
      const { notBefore, changed } = effect
      const asks = changed === undefined ? {} : asksNow(tables, attempt, changed)
      const place = changed?.standsAlone === true ? { prefixId: 0 } : {}
      const back = { state: 'waiting', notBefore, batchLimit } as const
      tables.requests.update(requestId, { ...asks, ...back }, place)
    }
  }
}

function asksNow(
  tables: Tables,
  { bodyId: sent, requestId }: Attempt,
  changed: ChangedBody,
): Pick<Request, 'bodyId' | 'itemBytes' | 'maxTokens'> & Partial<Pick<Request, 'model'>> {
  const { itemBytes, maxTokens, model } = changed
  const asks = { bodyId: tables.bytes.addChild(sent, changed), itemBytes, maxTokens }
  if (model === undefined) return asks
  const { model: before } = tables.requests.need(requestId).request
  for (const each of tables.attempts.ofRequest(requestId)) {
    if (each.model === undefined) tables.attempts.update(refOf(each), { model: before })
  }
  return { ...asks, model }
}

function resultOf(attempt: Attempt, verdict: Verdict): AttemptRef | null {
  return attempt.outcome === null || verdict.status === 'canceled' ? null : refOf(attempt)
}

/** See {@link PlanningStore.dissolve}. */
export function dissolve(
  tables: Tables,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): { readonly left: number } {
  const submission = tables.submissions.need(params.submissionId)
  const { id, project, queue } = submission
  tables.checkFence(params.fence, queueResource(project, queue), submissionResource(id))
  if (!UNSENT_STATES.includes(submission.state)) return { left: 0 }
  const live = tables.attempts.ofSubmission(id).filter(isLive)
  for (const attempt of live.slice(0, tables.pageLimit)) putBack(tables, attempt)
  const left = tables.attempts.liveCount(id)
  if (left === 0) dissolveEmpty(tables, tables.submissions.need(id))
  return { left }
}

function putBack(tables: Tables, attempt: Attempt): void {
  const { notBefore } = tables.requests.need(attempt.requestId).request
  const effect = releaseMember(releaseFacts(tables, attempt), {
    outcome: null,
    to: { type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null },
  })
  withdraw(tables, attempt)
  if (effect.type === 'release') applyToRequest(tables, attempt, effect.request)
}
