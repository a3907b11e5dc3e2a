import type { Attempt } from '../model/attempt.js'
import type { NanoUsd } from '../model/money.js'
import type { ReasonCode, Request } from '../model/request.js'
import type { SubmissionState } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { costInRealTime } from '../policy/money/cost-in-real-time.js'
import type { Report, ReportCounts, ReportMoney, RequestScope } from '../ports/store-reading.js'
import { liveAttempts } from './membership.js'
import { requestsIn } from './scope.js'
import type { Tables } from './tables.js'

/** See {@link ReadStore.report}. */
export function report(tables: Tables, params: Readonly<{ scope: RequestScope }>): Report {
  const requests = [...requestsIn(tables, params.scope, { older: false })].map((row) => row.request)
  return {
    counts: countRequests(tables, requests),
    money: sumMoney(tables, params.scope),
    nextDueAt: nextDueAt(requests),
  }
}

function countRequests(tables: Tables, requests: readonly Request[]): ReportCounts {
  const byState = { waiting: 0, assigned: 0, done: 0 }
  const byStatus = { succeeded: 0, failed: 0, canceled: 0 }
  const byReason: Partial<Record<ReasonCode, number>> = {}
  const assignedBySubmission: Partial<Record<SubmissionState, number>> = {}
  let retrying = 0
  for (const request of requests) {
    byState[request.state] += 1
    if (request.state === 'waiting' && request.attemptCount > 0) retrying += 1
    if (request.state === 'assigned') addOne(assignedBySubmission, whereabouts(tables, request))
    if (request.state !== 'done' || request.verdict === null) continue
    byStatus[request.verdict.status] += 1
    if (request.verdict.status !== 'succeeded') addOne(byReason, request.verdict.reason)
  }
  return { total: requests.length, byState, byStatus, byReason, retrying, assignedBySubmission }
}

function addOne<Key extends string>(counts: Partial<Record<Key, number>>, key: Key | null): void {
  if (key !== null) counts[key] = (counts[key] ?? 0) + 1
}

function whereabouts(tables: Tables, request: Request): SubmissionState | null {
  const newest = liveAttempts(tables, request.id).at(-1)
  return newest === undefined ? null : tables.submissions.need(newest.submissionId).state
}

// Money that was paid for a request whose params were changed later was paid all the same.
function sumMoney(tables: Tables, scope: RequestScope): ReportMoney {
  const sum = { paid: 0, realtime: 0, waste: 0, unpriced: 0, possiblyPaid: 0, possiblyPaidNano: 0 }
  for (const { request } of requestsIn(tables, scope, { older: true })) {
    for (const attempt of tables.attempts.ofRequest(request.id)) addMoney(sum, attempt)
  }
  return {
    paidNano: sum.paid as NanoUsd,
    realtimeNano: sum.realtime as NanoUsd,
    wasteNano: sum.waste as NanoUsd,
    unpricedAttempts: sum.unpriced,
    possiblyPaidAttempts: sum.possiblyPaid,
    possiblyPaidNano: sum.possiblyPaidNano as NanoUsd,
  }
}

function addMoney(
  sum: {
    paid: number
    realtime: number
    waste: number
    unpriced: number
    possiblyPaid: number
    possiblyPaidNano: number
  },
  attempt: Attempt,
): void {
  sum.paid += attempt.costNano ?? 0
  sum.realtime += costInRealTime(attempt) ?? 0
  if (attempt.waste) sum.waste += attempt.costNano ?? 0
  if (attempt.outcome === 'succeeded' && attempt.costNano === null) sum.unpriced += 1
  if (!attempt.possiblyPaid) return
  sum.possiblyPaid += 1
  sum.possiblyPaidNano += attempt.holdNano ?? 0
}

function nextDueAt(requests: readonly Request[]): EpochMs | null {
  let earliest: EpochMs | null = null
  for (const { state, notBefore } of requests) {
    if (state === 'waiting') earliest = Math.min(notBefore, earliest ?? notBefore)
  }
  return earliest
}
