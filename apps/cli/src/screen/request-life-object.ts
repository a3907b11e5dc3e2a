import { laneOf, type NanoUsd, type RequestLife } from '@halfrate/core'
import { usdText } from '@halfrate/core/money'
import { attemptPolicyOf } from '@halfrate/core/results'
import { batchPhase, requestPhase } from './batch-phase.js'
import { budgetObject } from './budget-text.js'
import { primerObject } from './primer-text.js'
import { type LifeFacts, liveAttempt } from './request-life-screen.js'

/** The life of a request for programs. Money is decimal text in dollars, null where it is not known or there is none. */
export function requestLifeObject({ life, older, heldBack, budget, primer }: LifeFacts): object {
  return {
    type: 'request',
    ...requestObject(life),
    held_back: life.request.state === 'done' ? null : heldBack,
    waits_for_budget: budget?.isWaiting ?? false,
    budget: budgetObject(budget),
    primer: primerObject(primer),
    attempts: attemptObjects(life),
    older: older.map((each) => ({
      ...requestObject(each),
      attempts: attemptObjects(each),
    })),
  }
}

function requestObject(life: RequestLife): object {
  const { request } = life
  const { key, row, queue, model, verdict } = request
  const state = requestPhase(request, liveAttempt(life)?.submission ?? null)
  return {
    ...{ key, row, queue, model, state, ...routeObject(request) },
    status: verdict?.status ?? null,
    code: verdict?.reason ?? null,
    detail: verdict?.detail ?? null,
    max_tokens: request.maxTokens,
    created_at: instantOf(request.createdAt),
    done_at: instantOf(request.doneAt),
    cancel_requested_at: instantOf(request.cancelRequestedAt),
    not_before: request.notBefore === 0 ? null : instantOf(request.notBefore),
  }
}

function routeObject({ lane }: RequestLife['request']): object {
  const { route, why } = laneOf(lane)
  return { route, route_why: why }
}

function attemptObjects({ request, attempts, changedBodies }: RequestLife): readonly object[] {
  return attempts.map(({ attempt, submission }) => ({
    number: attempt.number,
    route: laneOf(submission.lane).route,
    model: attempt.model ?? request.model,
    policy: attemptPolicyOf({ attempt, submission }, attempts, changedBodies),
    batch_id: submission.remoteId,
    batch_number: submission.id,
    batch_state: batchPhase(submission.state),
    outcome: attempt.outcome,
    usability: attempt.usability,
    error_type: attempt.errorType,
    cost_usd: usdOf(attempt.costNano),
    realtime_usd: usdOf(attempt.realtimeNano),
    possibly_paid: attempt.possiblyPaid,
    withdrawn: attempt.withdrawn,
    outcome_at: instantOf(attempt.settledAt),
  }))
}

function usdOf(nano: NanoUsd | null): string | null {
  return nano === null ? null : usdText(nano)
}

function instantOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
