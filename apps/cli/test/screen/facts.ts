import {
  type EpochMs,
  laneKey,
  MINUTE_MS,
  type NanoUsd,
  NO_COLLECTING,
  NO_SEARCH,
  NO_SPENDING,
  type Report,
  type ReportCounts,
  type ReportMoney,
  type Submission,
  ZERO_USD,
} from '@halfrate/core'
import type { BatchFacts } from '../../src/screen/batch-words.js'
import type { BudgetFacts } from '../../src/screen/budget-text.js'
import { type Line, lineText } from '../../src/screen/line.js'

/** A job that stands still at its cap. */
export function aBudget(cap: number, paid: number, needed: number | null): BudgetFacts {
  const spending = { ...NO_SPENDING, paidNano: usd(paid) }
  const neededNano = needed === null ? null : usd(needed)
  const stopped = { at: NOW, neededNano }
  return { capNano: usd(cap), spending, stopped, held: stopped }
}

/** 2026-11-21 02:16:30 UTC. */
export const NOW: EpochMs = Date.UTC(2026, 10, 21, 2, 16, 30)

/** All tests of screens speak UTC. */
export const timeZone = 'UTC'

export const usd = (dollars: number): NanoUsd => Math.round(dollars * 1e9) as NanoUsd

export const minutes = (count: number): number => count * MINUTE_MS

/** Lines as one text, as a reader sees them. */
export const textOf = (lines: readonly Line[]): string =>
  lines.map((line) => lineText(line).trimEnd()).join('\n')

export function report(params: {
  total: number
  waiting?: number
  assigned?: ReportCounts['assignedBySubmission']
  succeeded?: number
  failed?: ReportCounts['byReason']
  canceled?: number
  retrying?: number
  money?: Partial<ReportMoney>
  nextDueAt?: EpochMs
}): Report {
  const { succeeded = 0, waiting = 0, canceled = 0, failed = {} } = params
  const assigned = sum(Object.values(params.assigned ?? {}))
  const lost = sum(Object.values(failed))
  return {
    counts: {
      total: params.total,
      byState: { waiting, assigned, done: succeeded + lost + canceled },
      byStatus: { succeeded, failed: lost, canceled },
      byReason: failed,
      retrying: params.retrying ?? 0,
      assignedBySubmission: params.assigned ?? {},
    },
    money: {
      paidNano: ZERO_USD,
      realtimeNano: ZERO_USD,
      wasteNano: ZERO_USD,
      unpricedAttempts: 0,
      possiblyPaidAttempts: 0,
      possiblyPaidNano: ZERO_USD,
      ...params.money,
    },
    nextDueAt: params.nextDueAt ?? null,
  }
}

export function submission(changes: Partial<Submission> = {}): Submission {
  return {
    ...({
      id: 1,
      project: 'default',
      account: 'default',
      queue: 'run',
      lane: laneKey({}),
      nonce: 'n',
    } as unknown as Pick<Submission, 'id' | 'project' | 'account' | 'queue' | 'lane' | 'nonce'>),
    state: 'in_progress',
    orphan: false,
    reclaimPending: false,
    twinOf: null,
    batchLimit: null,
    requestCount: 2_000,
    itemsBytes: 0,
    holdNano: ZERO_USD,
    spentNano: null,
    upToId: 0,
    openedAt: NOW - minutes(15),
    sealedAt: NOW - minutes(15),
    look: null,
    sendStartedAt: NOW - minutes(14),
    sendNotAfterAt: NOW - minutes(13),
    remoteId: null,
    remoteStatus: null,
    remoteCreatedAt: null,
    remoteExpiresAt: null,
    remoteEndedAt: null,
    remoteArchivedAt: null,
    counts: null,
    polledAt: null,
    error: null,
    search: NO_SEARCH,
    collecting: NO_COLLECTING,
    verdictAt: null,
    possiblyPaid: false,
    endedAt: null,
    collectedAt: null,
    cancelRequestedAt: null,
    nextStepAt: null,
    ...changes,
  }
}

export function batch(
  number: number,
  changes: Partial<Submission>,
  rest: Partial<BatchFacts> = {},
): BatchFacts {
  return {
    number,
    submission: submission({ id: number as Submission['id'], ...changes }),
    resendNotBeforeAt: null,
    storeFlag: '',
    unanswered: {},
    retried: 0,
    ...rest,
  }
}

/** The three batches of the page on screens. */
export const THREE_BATCHES: readonly BatchFacts[] = [
  batch(
    1,
    {
      state: 'collected',
      requestCount: 2_000,
      remoteCreatedAt: NOW - minutes(20),
      remoteEndedAt: NOW - minutes(11),
      counts: { processing: 0, succeeded: 1_996, errored: 4, canceled: 0, expired: 0 },
    },
    { unanswered: { overloaded_error: 4 }, retried: 4 },
  ),
  batch(2, {
    state: 'in_progress',
    requestCount: 1_999,
    remoteCreatedAt: NOW - minutes(14),
    remoteExpiresAt: NOW - minutes(14) + 24 * 60 * MINUTE_MS,
  }),
  batch(
    3,
    { state: 'ambiguous', requestCount: 1_835 },
    { resendNotBeforeAt: NOW + minutes(14) + 20_000 },
  ),
]

/** A running job with those batches. */
export const RUNNING: Report = report({
  total: 6_046,
  succeeded: 2_208,
  waiting: 4,
  assigned: { in_progress: 1_999, ambiguous: 1_835 },
  retrying: 4,
  money: { paidNano: usd(1.58), realtimeNano: usd(3.16) },
})

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce((total: number, value) => total + (value ?? 0), 0)
}
