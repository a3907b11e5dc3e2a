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
import { lockRequests } from '../requests/lock-requests.js'
import { RequestWrites } from '../requests/request-writes.js'
import { checkPage, type Session, type Step } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'
import { addReleasedAttempts } from './add-released-attempts.js'
import { bookDirectly } from './book-directly.js'
import { type Booking, beginBooking } from './booking.js'
import { loadSettleRows, type SettleRow, settleFactsOf } from './settle-facts.js'

type Fresh = Extract<SettleEffect, { type: 'fresh' }>

interface SettleParams {
  readonly submissionId: SubmissionId
  readonly addMissing: boolean
  readonly lines: readonly ResultLine[]
}

/**
 * See `CollectingStore.settle`.
 *
 * Most lines end the request of an only attempt and are booked directly, by one statement; the rest goes the long way
 * after them: its facts are read, decided on line by line, and written together.
 */
export async function settle(session: Session, params: SettleParams): Promise<SettleResult> {
  checkPage(session, params.lines)
  const firstResultId = await session.takeIds(params.lines.length)
  return session.write((step) => settleIn(step, params, firstResultId))
}

/** Books lines in a running step. The first of them is stored under the given number. */
export async function settleIn(
  step: Step,
  params: SettleParams,
  firstResultId: number,
): Promise<SettleResult> {
  const { lines, addMissing } = params
  // Locked, so that lines of one file that are read by two are booked one page after the other.
  const submission = await needSubmission(step, params.submissionId)
  // What was added up at the end is asked of the attempts from now on.
  if (submission.spentNano !== null) await changeSubmission(step, submission, { spentNano: null })
  const order = orderOf(lines)
  const isUnsent = UNSENT_STATES.includes(submission.state)
  const requestIds = [...new Set(order.map((index) => (lines[index] as ResultLine).requestId))]
  await lockRequests(step, requestIds, addMissing ? 'anywhere' : 'member')
  const booking = await beginBooking(step, submission, firstResultId)
  const rest = isUnsent ? order : await bookDirectly(step, booking, lines, order)
  const direct = lines.length - rest.length
  // What was booked directly is compared with what comes again.
  await booking.flushResults(step)
  const restIds = new Set(rest.map((index) => (lines[index] as ResultLine).requestId))
  const rows = isUnsent ? new Map() : await loadSettleRows(step, submission, [...restIds])
  if (addMissing) await addReleasedAttempts(step, submission, restIds, rows)
  const writes = new RequestWrites()
  const result = settleRest({ step, booking, writes, lines, rows }, rest)
  await booking.flush(step)
  await writes.flush(step)
  return { ...result, fresh: result.fresh + direct, done: result.done + direct }
}

interface Page {
  readonly step: Step
  readonly booking: Booking
  readonly writes: RequestWrites
  readonly lines: readonly ResultLine[]
  readonly rows: ReadonlyMap<number, SettleRow>
}

function settleRest(page: Page, order: readonly number[]): SettleResult {
  const unknown: number[] = []
  const conflicts: number[] = []
  const counts = { fresh: 0, duplicates: 0, priced: 0, done: 0 }
  for (const index of order) {
    const line = page.lines[index] as ResultLine
    const row = page.rows.get(line.requestId)
    if (row === undefined || row.withdrawn === 1) {
      unknown.push(index)
      continue
    }
    const effect = settleLine(settleFactsOf(page.booking.submission, row, line), line)
    if (effect.type === 'conflict') conflicts.push(index)
    if (effect.type === 'duplicate') counts.duplicates += 1
    if (effect.type === 'priced') {
      counts.priced += 1
      page.booking.price(row, line)
    }
    if (effect.type !== 'fresh') continue
    counts.fresh += 1
    if (effect.request.type === 'done') counts.done += 1
    apply(page, { row, line, index, effect })
  }
  return { ...counts, unknown: ascending(unknown), conflicts: ascending(conflicts) }
}

function apply(
  { step, booking, writes }: Page,
  booked: {
    readonly row: SettleRow
    readonly line: ResultLine
    readonly index: number
    readonly effect: Fresh
  },
): void {
  const { row, effect } = booked
  booking.book(booked)
  for (const ref of effect.turnsToWaste) {
    booking.markWaste(ref)
    const other = row.others.find(
      (each) => each.submission_id === ref.submissionId && each.ordinal === ref.ordinal,
    )
    if (other !== undefined) other.waste = 1
  }
  if (effect.request.type === 'none') return
  const result: AttemptRef = { submissionId: booking.submission.id, ordinal: row.ordinal }
  const end = { verdict: effect.request.verdict, result }
  row.result_in = result.submissionId
  row.result_at = result.ordinal
  if (effect.request.type === 'keep_verdict') {
    writes.keepVerdict(row.request_id, end)
    return
  }
  const { now } = step
  const from = requestStates.word(row.state)
  writes.finishEverywhere(row.request_id, from, end, { attempts: row.others, now })
  row.state = requestStates.code('done')
}

// Indexes of lines by ascending request, and as they came for the same one.
function orderOf(lines: readonly ResultLine[]): readonly number[] {
  const indexes = [...lines.keys()]
  const idAt = (index: number): number => lines[index]?.requestId ?? 0
  const isOrdered = indexes.every((index) => index === 0 || idAt(index - 1) <= idAt(index))
  return isOrdered ? indexes : indexes.sort((a, b) => idAt(a) - idAt(b) || a - b)
}

function ascending(indexes: readonly number[]): readonly number[] {
  return [...indexes].sort((a, b) => a - b)
}
