import type { NanoUsd, Report, ReportCounts, SubmissionState } from '@halfrate/core'

/** The figures of a job in the words that people see. Rows, each counted once: they sum to `total`. */
export interface JobFigures {
  readonly total: number
  /** An answer came, usable or not. */
  readonly answered: number
  /** Ended without an answer. */
  readonly failed: number
  readonly atClaude: number
  /** In a batch whose send was not answered. */
  readonly answerLost: number
  /** Not sent yet, or to be sent again. */
  readonly waiting: number
}

/** How the rows of a job ended, for the last lines and the exit code. */
export interface JobOutcome {
  readonly usable: number
  readonly cutOff: number
  readonly refused: number
  readonly empty: number
  /** Ended without an answer, canceled ones left out. */
  readonly failed: number
  readonly canceled: number
  /** Not done yet. */
  readonly open: number
}

/** Money as it is shown. */
export interface MoneyFigures {
  readonly paid: NanoUsd
  readonly realtime: NanoUsd
  readonly saved: NanoUsd
  readonly waste: NanoUsd
}

const ANSWER_LOST: readonly SubmissionState[] = ['ambiguous']
const AT_CLAUDE: readonly SubmissionState[] = ['sending', 'in_progress', 'canceling', 'ended']

/** Counts rows by where they are. */
export function figuresOf(counts: ReportCounts): JobFigures {
  const answered = counts.byStatus.succeeded + unusable(counts)
  const atClaude = assignedIn(counts, AT_CLAUDE)
  const answerLost = assignedIn(counts, ANSWER_LOST)
  return {
    total: counts.total,
    answered,
    failed: counts.byState.done - answered,
    atClaude,
    answerLost,
    waiting: counts.total - counts.byState.done - atClaude - answerLost,
  }
}

/** Whether batches are under way, and every one of them is known to be at Claude. */
export function isAllAtClaude(counts: ReportCounts): boolean {
  const atClaude = assignedIn(counts, ['in_progress', 'canceling', 'ended'])
  return counts.byState.assigned > 0 && counts.byState.assigned === atClaude
}

/** Whether every row that is not done is known to be at Claude: none waits, is being sent, or is looked for. */
export function isSent(counts: ReportCounts): boolean {
  const atClaude = assignedIn(counts, ['in_progress', 'canceling', 'ended'])
  return counts.byState.done + atClaude === counts.total
}

/** Counts rows by how they ended. */
export function outcomeOf(counts: ReportCounts): JobOutcome {
  const { cut_off: cutOff = 0, refused = 0, empty = 0 } = counts.byReason
  return {
    usable: counts.byStatus.succeeded,
    cutOff,
    refused,
    empty,
    failed: counts.byStatus.failed - cutOff - refused - empty,
    canceled: counts.byStatus.canceled,
    open: counts.total - counts.byState.done,
  }
}

/** Money of a report; saved is what real time would have cost more, waste included, so it can be below zero. */
export function moneyOf(money: Report['money']): MoneyFigures {
  return {
    paid: money.paidNano,
    realtime: money.realtimeNano,
    saved: (money.realtimeNano - money.paidNano) as NanoUsd,
    waste: money.wasteNano,
  }
}

function unusable(counts: ReportCounts): number {
  const { cut_off: cutOff = 0, refused = 0, empty = 0 } = counts.byReason
  return cutOff + refused + empty
}

function assignedIn(counts: ReportCounts, states: readonly SubmissionState[]): number {
  return states.reduce((sum, state) => sum + (counts.assignedBySubmission[state] ?? 0), 0)
}
