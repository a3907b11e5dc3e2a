import {
  type Attempt,
  type AttemptLife,
  laneOf,
  type ProjectId,
  parseCustomId,
  type RequestId,
  type RequestLife,
  type Store,
  type Submission,
  type Usage,
} from '@halfrate/core'
import type { Ledger, LedgerRow, WireUsage } from '@halfrate/emulator/model'
import { type CallBook, callIdOf } from '../provider/call-book.js'
import type { BookedRequest, RequestBook } from '../provider/request-book.js'
import { billedRows } from './billed-rows.js'
import type { EndJudge } from './end-judge.js'
import { MoneyJudge } from './money-judge.js'
import type { Violations } from './violation.js'

/** What the judge of a whole run works with. */
export interface FinalJudgeOptions {
  readonly store: Store
  readonly projects: readonly ProjectId[]
  readonly book: RequestBook
  readonly ledger: Ledger
  /** Calls in real time, as the provider knows them. */
  readonly calls: CallBook
  /** The provider's clock. */
  readonly providerNow: number
  /** The seed broke no published assumption. */
  readonly isWithin: boolean
  /** A backup was put back, so that money may be in the books of another request. */
  readonly isRestored: boolean
  /** Requests that wait for the caps of their jobs. */
  readonly waiting: ReadonlySet<RequestId>
  /** How long the provider keeps results. */
  readonly resultsLifetimeMs: number
  /** What an item asked for beside its request, by its custom id; null when it is not known. */
  readonly askedBy: (customId: string) => string | null
  /** Judges how each request ended. */
  readonly ends: EndJudge
  readonly violations: Violations
}

/** What a run came to. */
export interface RunFigures {
  /** Requests that were promised and did not end. */
  readonly lost: number
  /** Paid answers beyond the first to the same question of a request. */
  readonly duplicates: number
  readonly billed: number
}

/** What a run came to, and the rows of the provider's bill that stand in the books at what they cost. */
export interface JudgedRun extends RunFigures {
  readonly bookedRows: readonly LedgerRow[]
}

interface BilledRow {
  readonly row: LedgerRow
  readonly project: ProjectId
  readonly requestId: RequestId
  readonly nonce: string
}

/**
 * Judges a run by the provider's own ledger: nothing lost, nothing paid twice within the assumptions, every paid answer
 * booked once under its own request, and the sums equal to the last nano-dollar.
 */
export async function judgeRun(options: FinalJudgeOptions): Promise<JudgedRun> {
  const billed = requestsOf(options)
  const doubts = new Set<LedgerRow>()
  const byRequest = new Map<RequestId, BilledRow[]>()
  for (const row of billed) {
    byRequest.set(row.requestId, [...(byRequest.get(row.requestId) ?? []), row])
  }
  const money = new MoneyJudge(options)
  let lost = 0
  let duplicates = 0
  for (const booked of options.book.all()) {
    const rows = byRequest.get(booked.id) ?? []
    // A call whose answer was lost is the named case in which a request is paid again, and is judged by itself.
    const counted = options.isWithin ? rows.filter(isOfBatch) : rows
    const again = counted.length - countAsked(options, counted)
    duplicates += again
    if (options.isWithin && again > 0) {
      const batches = rows.map(({ row }) => row.batchId).join(' and ')
      options.violations.add('paid_twice', `${booked.token} (${booked.id}) in ${batches}.`)
    }
    // What it cost is in the sums, under a request of another name.
    if (booked.isForgotten === true) continue
    const { project, id } = booked
    const life = await options.store.getRequest({ project, id })
    if (life === null) {
      // A part that was never committed may be swept with all that is in it.
      if (booked.isAccepted) options.violations.add('lost', `${booked.token} is gone.`)
      continue
    }
    const isToEnd = booked.isAccepted && !options.waiting.has(booked.id)
    if (isToEnd && life.request.state !== 'done') {
      lost += 1
      options.violations.add('lost', `${booked.token} (${booked.id}) is ${life.request.state}.`)
    }
    judgeRepeats(options, booked, life)
    judgeRequest({ ...options, money, doubts }, booked, life, rows)
    options.ends.judge(booked, life)
  }
  options.ends.judgeTogether()
  // What may have been paid is in no sum but its own.
  const known = billed.filter(({ row }) => !doubts.has(row))
  if (options.isWithin) await money.judgeSums(known)
  const bookedRows = known.map(({ row }) => row)
  return { lost, duplicates, billed: billed.length, bookedRows }
}

function requestsOf(options: FinalJudgeOptions): BilledRow[] {
  const { ledger, providerNow, violations, book, calls } = options
  return billedRows(ledger.billed(providerNow), calls.billed()).flatMap((row) => {
    const parts = parseCustomId(row.customId ?? '')
    const booked = parts === null ? undefined : book.get(parts.requestId)
    if (parts === null || booked === undefined) {
      violations.add('ledger', `${row.customId} was billed and is no request's.`)
      return []
    }
    const { requestId, nonce } = parts
    return [{ row, project: booked.project, requestId, nonce }]
  })
}

type RequestJudge = FinalJudgeOptions & {
  readonly money: MoneyJudge
  /** Those that are booked as possibly paid, and not at what they cost. */
  readonly doubts: Set<LedgerRow>
}

function isOfBatch({ row, nonce }: BilledRow): boolean {
  return row.batchId !== callIdOf({ nonce })
}

// A request is called again only while the answer of the call before is not booked: then that is the named case, and booked.
// With another cap, or more turns, it asks another question.
function judgeRepeats(
  { calls, violations, isWithin, askedBy }: FinalJudgeOptions,
  booked: BookedRequest,
  { attempts }: RequestLife,
): void {
  if (!isWithin) return
  const mine = calls.billed().filter(({ requestId }) => requestId === booked.id)
  for (const call of mine) {
    const settledAt = attempts.find(({ submission }) => submission.nonce === call.nonce)?.attempt
      .settledAt
    if (settledAt == null) continue
    const again = mine.find(
      ({ nonce, begunAt, customId }) =>
        nonce !== call.nonce && begunAt > settledAt && askedBy(customId) === askedBy(call.customId),
    )
    if (again === undefined) continue
    const name = `${booked.token} (${booked.id})`
    violations.add('paid_twice', `${name} was called again after its answer was booked.`)
  }
}

// A call whose answer was lost: it is booked as possibly paid, at its hold.
function isInDoubt({ attempts }: RequestLife, billed: BilledRow): boolean {
  if (isOfBatch(billed)) return false
  const found = attempts.find(({ submission }) => submission.nonce === billed.nonce)
  return found?.attempt.possiblyPaid === true
}

function judgeRequest(
  options: RequestJudge,
  booked: BookedRequest,
  life: RequestLife,
  rows: readonly BilledRow[],
): void {
  const { violations } = options
  const successes = life.attempts.filter(({ attempt }) => attempt.outcome === 'succeeded')
  const left = [...successes]
  for (const billed of rows) {
    const at = left.findIndex(({ submission }) => idOf(submission) === billed.row.batchId)
    if (at < 0 && isInDoubt(life, billed)) options.doubts.add(billed.row)
    else if (at < 0) judgeUnbooked(options, booked, life, billed)
    else judgeBooked(options, booked, left.splice(at, 1)[0] as AttemptLife, billed)
  }
  for (const { attempt, submission } of left) {
    violations.add('books', `${nameOf(booked, attempt)} of ${idOf(submission)} was not billed.`)
  }
  judgeWaste(options, booked, successes, rows)
}

// A request whose cap was raised, or whose answer paused and goes on, asks another question.
function countAsked({ askedBy }: FinalJudgeOptions, rows: readonly BilledRow[]): number {
  return new Set(rows.map(({ row }) => askedBy(row.customId ?? ''))).size
}

// A paid answer that is not in the books: only one whose batch was deleted, or dropped by the provider, before it could
// be read.
function judgeUnbooked(
  { ledger, violations, isWithin, providerNow, resultsLifetimeMs }: FinalJudgeOptions,
  booked: BookedRequest,
  life: RequestLife,
  billed: BilledRow,
): void {
  const batch = ledger.accepted().find(({ batchId }) => batchId === billed.row.batchId)
  const isOld = batch !== undefined && providerNow - batch.createdAt >= resultsLifetimeMs
  const isDeleted = batch?.deletedAt != null || (isOld && !isWithin)
  const known = life.attempts.find(({ submission }) => idOf(submission) === billed.row.batchId)
  if (isDeleted && known === undefined) return
  if (isDeleted && known?.attempt.possiblyPaid === true) return
  violations.add(
    'unbooked',
    `${booked.token} (${booked.id}) was billed in ${billed.row.batchId} and is not booked.`,
  )
}

function judgeBooked(
  { violations, money }: RequestJudge,
  booked: BookedRequest,
  { attempt, submission }: AttemptLife,
  { row, nonce }: BilledRow,
): void {
  const name = nameOf(booked, attempt)
  if (submission.nonce !== nonce) violations.add('books', `${name} bears another nonce.`)
  if (!isSameUsage(attempt.usage, row.usage)) {
    violations.add('books', `${name} has other usage than was billed: ${textOf(attempt, row)}.`)
  }
  money.judgeAttempt(name, attempt, row)
}

// Of one body one success is worth its money, every other is waste.
function judgeWaste(
  options: FinalJudgeOptions,
  booked: BookedRequest,
  successes: readonly AttemptLife[],
  rows: readonly BilledRow[],
): void {
  const worth = successes.filter(({ attempt }) => !attempt.waste)
  const known = new Set<string | null>(successes.map(({ submission }) => idOf(submission)))
  const asked = countAsked(
    options,
    rows.filter(({ row }) => known.has(row.batchId)),
  )
  if (worth.length === asked) return
  options.violations.add(
    'waste',
    `${booked.token} (${booked.id}) has ${successes.length} successes, ${worth.length} of them not waste.`,
  )
}

// A call that was given up and answered after that is known by its nonce alone where who booked the answer died before noting it.
function idOf({ remoteId, lane, nonce }: Submission): string | null {
  return remoteId ?? (laneOf(lane).route === 'realtime' ? callIdOf({ nonce }) : null)
}

function isSameUsage(usage: Usage | null, wire: WireUsage | null): boolean {
  if (usage === null || wire === null) return false
  return (
    usage.inputTokens === wire.input_tokens &&
    usage.outputTokens === wire.output_tokens &&
    usage.cacheReadTokens === wire.cache_read_input_tokens &&
    usage.cacheWrite5mTokens === (wire.cache_creation?.ephemeral_5m_input_tokens ?? 0) &&
    usage.cacheWrite1hTokens === (wire.cache_creation?.ephemeral_1h_input_tokens ?? 0) &&
    usage.webSearchRequests === (wire.server_tool_use?.web_search_requests ?? 0) &&
    usage.inferenceGeo === wire.inference_geo
  )
}

function nameOf(booked: BookedRequest, attempt: Attempt): string {
  return `Attempt ${attempt.number} of ${booked.token} (${booked.id})`
}

function textOf(attempt: Attempt, row: LedgerRow): string {
  return `${JSON.stringify(attempt.usage)} against ${JSON.stringify(row.usage)}`
}
