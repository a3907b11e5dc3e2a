import type {
  NanoUsd,
  ReasonCode,
  Report,
  ReportCounts,
  ReportMoney,
  RequestScope,
  SubmissionState,
} from '@halfrate/core'
import {
  type CountRow,
  countRequestsQuery,
  type MoneyRow,
  moneyQuery,
  requestStates,
  type ScopeIds,
  sqliteQueries,
  submissionStates,
  verdictOfCode,
  type WhereaboutsRow,
  whereaboutsQuery,
} from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { runQuery } from './run-query.js'
import { scopeIdsOf } from './scope-ids.js'

const NO_MONEY: MoneyRow = {
  paid_nano: 0,
  realtime_nano: 0,
  waste_nano: 0,
  unpriced_attempts: 0,
  possibly_paid_attempts: 0,
  possibly_paid_nano: 0,
}

/** See `ReadStore.report`. Its numbers are of one moment. */
export function report(session: Session, params: Readonly<{ scope: RequestScope }>): Report {
  const scope = scopeIdsOf(session, params.scope)
  if (scope === null) return { counts: countsOf([], []), money: moneyOf(NO_MONEY), nextDueAt: null }
  return session.reader.snapshot(() => reportOn(session, scope))
}

function reportOn({ reader }: Session, scope: ScopeIds): Report {
  const rows = runQuery(reader, countRequestsQuery(sqliteQueries, scope))
  const places = runQuery(reader, whereaboutsQuery(sqliteQueries, scope))
  const [money = NO_MONEY] = runQuery(reader, moneyQuery(sqliteQueries, scope))
  return { counts: countsOf(rows, places), money: moneyOf(money), nextDueAt: nextDueAt(rows) }
}

function countsOf(rows: readonly CountRow[], places: readonly WhereaboutsRow[]): ReportCounts {
  const byState = { waiting: 0, assigned: 0, done: 0 }
  const byStatus = { succeeded: 0, failed: 0, canceled: 0 }
  const byReason: Partial<Record<ReasonCode, number>> = {}
  const assignedBySubmission: Partial<Record<SubmissionState, number>> = {}
  let total = 0
  let retrying = 0
  for (const row of rows) {
    const state = requestStates.word(row.state)
    total += row.count
    byState[state] += row.count
    if (state === 'waiting' && row.is_retry === 1) retrying += row.count
    if (state !== 'done' || row.verdict === null) continue
    const { status, reason } = verdictOfCode(row.verdict)
    byStatus[status] += row.count
    if (status !== 'succeeded') byReason[reason] = (byReason[reason] ?? 0) + row.count
  }
  for (const { state, count } of places) assignedBySubmission[submissionStates.word(state)] = count
  return { total, byState, byStatus, byReason, retrying, assignedBySubmission }
}

function moneyOf(row: MoneyRow): ReportMoney {
  return {
    paidNano: row.paid_nano as NanoUsd,
    realtimeNano: row.realtime_nano as NanoUsd,
    wasteNano: row.waste_nano as NanoUsd,
    unpricedAttempts: row.unpriced_attempts,
    possiblyPaidAttempts: row.possibly_paid_attempts,
    possiblyPaidNano: row.possibly_paid_nano as NanoUsd,
  }
}

function nextDueAt(rows: readonly CountRow[]): number | null {
  const due = rows.filter((row) => row.state === 0).map((row) => row.first_due_at)
  return due.length === 0 ? null : Math.min(...due)
}
