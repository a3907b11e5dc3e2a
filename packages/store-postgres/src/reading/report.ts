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
  postgresQueries,
  requestStates,
  type ScopeIds,
  submissionStates,
  verdictOfCode,
  type WhereaboutsRow,
  whereaboutsQuery,
} from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import type { Connection } from '../database/connection.js'
import type { Session, Step } from '../session.js'
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

const STATES = 'SELECT id, state FROM submissions WHERE id = ANY($1::bigint[])'

/** See `ReadStore.report`. Its numbers are of one moment. */
export function report(
  session: Session,
  params: Readonly<{ scope: RequestScope }>,
): Promise<Report> {
  return session.snapshot(async (step) => {
    const scope = await scopeIdsOf(step, params.scope)
    return scope === null
      ? { counts: countsOf([]), money: moneyOf([], NO_MONEY), nextDueAt: null }
      : reportOn(step, scope)
  })
}

async function reportOn({ db }: Step, scope: ScopeIds): Promise<Report> {
  const rows = await runQuery(db, countRequestsQuery(postgresQueries, scope))
  const shown = rows.filter((row) => row.is_newest === 1)
  const [money = NO_MONEY] = await runQuery(db, moneyQuery(postgresQueries, scope))
  const places = [
    ...(await runQuery(db, whereaboutsQuery(postgresQueries, scope))),
    ...(await plainPlaces(db, shown)),
  ]
  const assignedBySubmission = sumByState(places)
  return {
    counts: { ...countsOf(shown), assignedBySubmission },
    money: moneyOf(rows, money),
    nextDueAt: nextDueAt(shown),
  }
}

async function plainPlaces(
  db: Connection,
  rows: readonly CountRow[],
): Promise<readonly WhereaboutsRow[]> {
  const ids = rows.flatMap((row) => row.only_in ?? [])
  const found = await db.all<{ id: number; state: number }>(STATES, numbers(ids))
  const states = new Map(found.map(({ id, state }) => [id, state]))
  return rows.flatMap(({ only_in, count }) => {
    const state = only_in === null ? undefined : states.get(only_in)
    return state === undefined ? [] : [{ state, count }]
  })
}

function sumByState(
  places: readonly WhereaboutsRow[],
): Readonly<Partial<Record<SubmissionState, number>>> {
  const sums: Partial<Record<SubmissionState, number>> = {}
  for (const { state, count } of places) {
    const word = submissionStates.word(state)
    sums[word] = (sums[word] ?? 0) + count
  }
  return sums
}

function countsOf(rows: readonly CountRow[]): ReportCounts {
  const byState = { waiting: 0, assigned: 0, done: 0 }
  const byStatus = { succeeded: 0, failed: 0, canceled: 0 }
  const byReason: Partial<Record<ReasonCode, number>> = {}
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
  return { total, byState, byStatus, byReason, retrying, assignedBySubmission: {} }
}

function moneyOf(rows: readonly CountRow[], row: MoneyRow): ReportMoney {
  const plain = (column: 'paid_nano' | 'realtime_nano' | 'unpriced_attempts'): number =>
    rows.reduce((sum, each) => sum + each[column], row[column])
  return {
    paidNano: plain('paid_nano') as NanoUsd,
    realtimeNano: plain('realtime_nano') as NanoUsd,
    wasteNano: row.waste_nano as NanoUsd,
    unpricedAttempts: plain('unpriced_attempts'),
    possiblyPaidAttempts: row.possibly_paid_attempts,
    possiblyPaidNano: row.possibly_paid_nano as NanoUsd,
  }
}

function nextDueAt(rows: readonly CountRow[]): number | null {
  const due = rows.filter((row) => row.state === 0).map((row) => row.first_due_at)
  return due.length === 0 ? null : Math.min(...due)
}
