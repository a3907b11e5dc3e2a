import {
  type AttemptRef,
  type ResultLine,
  type SettleEffect,
  type SettleResult,
  type Submission,
  type SubmissionId,
  settleLine,
} from '@halfrate/core'
import { requestStates } from '@halfrate/store-sql'
import { finish, finishEverywhere, keepVerdict } from '../members.js'
import { checkPage, type Session } from '../session.js'
import { needSubmission } from '../submissions.js'
import { type Booking, beginBooking, bookLine, markWaste } from './book-line.js'
import {
  addReleasedAttempt,
  loadSettleRows,
  type SettleRow,
  settleFactsOf,
} from './settle-facts.js'

/** See `CollectingStore.settle`. */
export function settle(
  session: Session,
  params: Readonly<{
    submissionId: SubmissionId
    addMissing: boolean
    lines: readonly ResultLine[]
  }>,
): SettleResult {
  checkPage(session, params.lines)
  const { lines, addMissing } = params
  const page = openPage(session, needSubmission(session, params.submissionId), lines)
  const unknown: number[] = []
  const conflicts: number[] = []
  const counts = { fresh: 0, duplicates: 0, done: 0 }
  for (const index of page.order) {
    const line = lines[index] as ResultLine
    const row = rowFor(session, page, line, addMissing)
    if (row === null) {
      unknown.push(index)
      continue
    }
    const effect = settleLine(settleFactsOf(session, page.submission, row, line), line)
    if (effect.type === 'conflict') conflicts.push(index)
    if (effect.type === 'duplicate') counts.duplicates += 1
    if (effect.type !== 'fresh') continue
    counts.fresh += 1
    if (effect.request.type === 'done') counts.done += 1
    page.rows.set(row.request_id, apply(session, page, { row, line, effect }))
  }
  return { ...counts, unknown: ascending(unknown), conflicts: ascending(conflicts) }
}

interface Page {
  readonly submission: Submission
  readonly booking: Booking
  /** Indexes of lines by ascending request, and as they came for the same one. */
  readonly order: readonly number[]
  readonly rows: Map<number, SettleRow>
}

// Rows are written in the order in which they are stored, so that each page of the file is touched once.
function openPage(session: Session, submission: Submission, lines: readonly ResultLine[]): Page {
  const ids = Float64Array.from(lines, (line) => line.requestId)
  const idAt = (index: number): number => ids[index] ?? 0
  const order = [...lines.keys()].sort((a, b) => idAt(a) - idAt(b) || a - b)
  const distinct = [...new Set(order.map(idAt))]
  return {
    submission,
    booking: beginBooking(session, submission),
    order,
    rows: loadSettleRows(session, submission, distinct),
  }
}

function rowFor(
  session: Session,
  page: Page,
  line: ResultLine,
  addMissing: boolean,
): SettleRow | null {
  const row = page.rows.get(line.requestId)
  if (row !== undefined) return row.withdrawn === 1 ? null : row
  return addMissing ? addReleasedAttempt(session, page.submission, line.requestId) : null
}

function apply(
  session: Session,
  page: Page,
  {
    row,
    line,
    effect,
  }: {
    readonly row: SettleRow
    readonly line: ResultLine
    readonly effect: Extract<SettleEffect, { type: 'fresh' }>
  },
): SettleRow {
  const booked = bookLine(page.booking, row, line, effect)
  for (const ref of effect.turnsToWaste) markWaste(session, ref)
  const self: AttemptRef = { submissionId: page.submission.id, ordinal: row.ordinal }
  return applyToRequest(session, { ...row, ...booked }, effect.request, self)
}

function applyToRequest(
  session: Session,
  row: SettleRow,
  effect: Extract<SettleEffect, { type: 'fresh' }>['request'],
  result: AttemptRef,
): SettleRow {
  if (effect.type === 'none') return row
  const end = { verdict: effect.verdict, result }
  const pointed = {
    ...row,
    result_submission_id: result.submissionId,
    result_ordinal: result.ordinal,
  }
  if (effect.type === 'keep_verdict') {
    keepVerdict(session, row.request_id, end)
    return pointed
  }
  const finishRequest = row.attempt_count === 1 ? finish : finishEverywhere
  finishRequest(session, row.request_id, requestStates.word(row.state), end)
  return { ...pointed, state: requestStates.code('done') }
}

function ascending(indexes: readonly number[]): readonly number[] {
  return [...indexes].sort((a, b) => a - b)
}
