import {
  type AttemptRef,
  type ResultLine,
  type SettleEffect,
  type SettleResult,
  type SubmissionId,
  settleLine,
  UNSENT_STATES,
} from '@halfrate/core'
import { requestStates } from '@halfrate/store-sql'
import { finish, finishEverywhere, keepVerdict } from '../members.js'
import { checkPage, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'
import { bookDirectly } from './book-directly.js'
import { type Booking, beginBooking, bookLine, markWaste, priceLine } from './book-line.js'
import {
  addReleasedAttempt,
  loadSettleRows,
  type SettleRow,
  settleFactsOf,
} from './settle-facts.js'

/**
 * See `CollectingStore.settle`.
 *
 * Most lines end the request of an only attempt and are booked directly; the rest goes the long way after them.
 */
export function settle(
  session: Session,
  params: Readonly<{
    submissionId: SubmissionId
    addMissing: boolean
    lines: readonly ResultLine[]
  }>,
): SettleResult {
  checkPage(session, params.lines)
  const submission = needSubmission(session, params.submissionId)
  // What was added up at the end is asked of the attempts from now on.
  if (submission.spentNano !== null) changeSubmission(session, submission, { spentNano: null })
  const booking = beginBooking(session, submission)
  const order = orderOf(params.lines)
  const rest = UNSENT_STATES.includes(submission.state)
    ? order
    : bookDirectly(session, booking, params.lines, order)
  const direct = params.lines.length - rest.length
  if (rest.length === 0) {
    return { fresh: direct, duplicates: 0, priced: 0, done: direct, unknown: [], conflicts: [] }
  }
  const page = openPage(session, booking, params, rest)
  const result = settleRest(page)
  return { ...result, fresh: result.fresh + direct, done: result.done + direct }
}

function settleRest(page: Page): SettleResult {
  const { session, lines } = page
  const unknown: number[] = []
  const conflicts: number[] = []
  const counts = { fresh: 0, duplicates: 0, priced: 0, done: 0 }
  for (const index of page.order) {
    const line = lines[index] as ResultLine
    const row = rowFor(page, line)
    if (row === null) {
      unknown.push(index)
      continue
    }
    const effect = settleLine(settleFactsOf(session, page.booking.submission, row, line), line)
    if (effect.type === 'conflict') conflicts.push(index)
    if (effect.type === 'duplicate') counts.duplicates += 1
    if (effect.type === 'priced') {
      counts.priced += 1
      page.rows.set(row.request_id, priceLine(page.session, page.booking, row, line))
    }
    if (effect.type !== 'fresh') continue
    counts.fresh += 1
    if (effect.request.type === 'done') counts.done += 1
    page.rows.set(row.request_id, apply(page, { row, line, effect }))
  }
  return { ...counts, unknown: ascending(unknown), conflicts: ascending(conflicts) }
}

interface Page {
  readonly session: Session
  readonly booking: Booking
  readonly lines: readonly ResultLine[]
  readonly addMissing: boolean
  readonly order: readonly number[]
  readonly rows: Map<number, SettleRow>
}

// Indexes of lines by ascending request, and as they came for the same one: rows are written in the order in which
// they are stored, so that each page of the file is touched once.
function orderOf(lines: readonly ResultLine[]): readonly number[] {
  const indexes = [...lines.keys()]
  const idAt = (index: number): number => lines[index]?.requestId ?? 0
  const isOrdered = indexes.every((index) => index === 0 || idAt(index - 1) <= idAt(index))
  return isOrdered ? indexes : indexes.sort((a, b) => idAt(a) - idAt(b) || a - b)
}

function openPage(
  session: Session,
  booking: Booking,
  params: { readonly addMissing: boolean; readonly lines: readonly ResultLine[] },
  order: readonly number[],
): Page {
  const { lines, addMissing } = params
  const requestIds = [...new Set(order.map((index) => (lines[index] as ResultLine).requestId))]
  const rows = loadSettleRows(session, booking.submission, requestIds)
  return { session, booking, lines, addMissing, order, rows }
}

function rowFor(page: Page, line: ResultLine): SettleRow | null {
  const row = page.rows.get(line.requestId)
  if (row !== undefined) return row.withdrawn === 1 ? null : row
  if (!page.addMissing) return null
  return addReleasedAttempt(page.session, page.booking.submission, line.requestId)
}

function apply(
  { session, booking }: Page,
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
  const booked = bookLine(session, booking, { row, line, effect })
  for (const ref of effect.turnsToWaste) markWaste(session, ref)
  const self: AttemptRef = { submissionId: booking.submission.id, ordinal: row.ordinal }
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
  const pointed = { ...row, result_in: result.submissionId, result_at: result.ordinal }
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
