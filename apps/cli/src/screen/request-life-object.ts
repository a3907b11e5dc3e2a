import type { NanoUsd, Request, RequestLife } from '@halfrate/core'
import { usdText } from '@halfrate/core/money'
import { budgetObject } from './budget-text.js'
import type { LifeFacts } from './request-life-screen.js'

/** The life of a request for programs. Money is decimal text in dollars, null where it is not known or there is none. */
export function requestLifeObject({ life, older, heldBack, budget }: LifeFacts): object {
  return {
    type: 'request',
    ...requestObject(life.request),
    held_back: life.request.state === 'done' ? null : heldBack,
    waits_for_budget: budget?.isWaiting ?? false,
    budget: budgetObject(budget),
    attempts: attemptObjects(life),
    older: older.map((each) => ({
      ...requestObject(each.request),
      attempts: attemptObjects(each),
    })),
  }
}

function requestObject(request: Request): object {
  const { key, row, queue, model, state, verdict } = request
  return {
    ...{ key, row, queue, model, state },
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

function attemptObjects({ attempts }: RequestLife): readonly object[] {
  return attempts.map(({ attempt, submission }) => ({
    number: attempt.number,
    batch_id: submission.remoteId,
    batch_number: submission.id,
    batch_state: submission.state,
    outcome: attempt.outcome,
    usability: attempt.usability,
    error_type: attempt.errorType,
    cost_usd: usdOf(attempt.costNano),
    realtime_usd: usdOf(attempt.realtimeNano),
    possibly_paid: attempt.possiblyPaid,
    withdrawn: attempt.withdrawn,
    settled_at: instantOf(attempt.settledAt),
  }))
}

function usdOf(nano: NanoUsd | null): string | null {
  return nano === null ? null : usdText(nano)
}

function instantOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
