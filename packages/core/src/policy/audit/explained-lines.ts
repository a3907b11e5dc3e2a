import { DAY_MS, type EpochMs, HOUR_MS } from '../../model/time.js'
import { type ComparedCounts, isMore, isNoCount, plusCounts } from './reconciled-sums.js'

/** What is known of one model on one day in one workspace. */
export interface ReconcileFacts {
  /** In UTC, `2026-11-22`. */
  readonly day: string
  /** Null for the default one, as the reports have it. */
  readonly workspaceId: string | null
  readonly model: string
  ours: ComparedCounts
  theirs: ComparedCounts
  /** Paid with known prices, searches included. */
  oursNano: bigint
  /** What of it were fees of searches, which the report tells apart from models; null where a fee is not known. */
  searchesNano: bigint | null
  /** Null where the cost report has nothing. */
  theirsNano: bigint | null
  /** Amounts that `theirsNano` is the sum of. */
  costLines: number
  /** Successes of ours. */
  attempts: number
  unpriced: number
  possiblyPaid: number
  possiblyPaidNano: bigint
  possiblyPaidUnknown: number
}

/**
 * Why ours and theirs are not the same. `rounding`: less than amounts are rounded by. `not_final`: the day is not over for an
 * hour. `elsewhere`: batches of the workspace ended that day which the store knows nothing of. `other_workspace`: none of
 * ours. `possibly_paid`: attempts of that day or the one before may have been paid, and it is no more. `unpriced`: we know no
 * price of some. `another_day`: the day before or after lacks the same. `unexplained`: none of these.
 */
export type ReconcileCause =
  | 'rounding'
  | 'not_final'
  | 'elsewhere'
  | 'other_workspace'
  | 'possibly_paid'
  | 'unpriced'
  | 'another_day'
  | 'unexplained'

/** One model on one day in one workspace: ours, theirs, and why they differ. */
export interface ReconciledLine extends Readonly<ReconcileFacts> {
  /** Theirs without ours, class by class. */
  readonly countsBeyond: ComparedCounts
  /** Theirs without ours, searches left out on both sides; null where one is not known. */
  readonly nanoBeyond: bigint | null
  /** Empty where there is no difference. */
  readonly causes: readonly ReconcileCause[]
}

/** What differences are explained by. */
export interface ReconcileContext {
  readonly now: EpochMs
  /** Answers of batches made elsewhere by the day on which they ended. */
  readonly elsewhere: ReadonlyMap<string, number>
  readonly isOurs: (workspaceId: string | null) => boolean
}

// The provider's examples have amounts in hundredths of a cent; half of one for each line.
const LINE_ROUNDING_NANO = 50_000n

/** Explains each difference as far as it can be, or says that it can't. Facts come in the order of days. */
export function explainedLines(
  all: readonly ReconcileFacts[],
  context: ReconcileContext,
): readonly ReconciledLine[] {
  const lines = all.map((facts) => compared(facts))
  const explained = lines.map((line) => ({ ...line, causes: causesOf(line, lines, context) }))
  return explained.map((line) => {
    const isShifted =
      line.causes.includes('unexplained') && explained.some((other) => makeUp(line, other))
    return isShifted ? { ...line, causes: ['another_day'] } : line
  })
}

function compared(facts: ReconcileFacts): ReconciledLine {
  const countsBeyond = plusCounts(facts.theirs, facts.ours, -1)
  const { oursNano, searchesNano, theirsNano, unpriced } = facts
  const isKnown = theirsNano !== null && searchesNano !== null && unpriced === 0
  return {
    ...facts,
    countsBeyond,
    nanoBeyond: isKnown ? theirsNano - (oursNano - searchesNano) : null,
    causes: [],
  }
}

function causesOf(
  line: ReconciledLine,
  lines: readonly ReconciledLine[],
  { now, elsewhere, isOurs }: ReconcileContext,
): readonly ReconcileCause[] {
  if (isNoCount(line.countsBeyond) && isNoCount(line.ours)) return []
  if (!isOurs(line.workspaceId)) return ['other_workspace']
  const isFresh = Date.parse(`${line.day}T00:00:00Z`) + DAY_MS + HOUR_MS > now
  if (isNoCount(line.countsBeyond)) {
    const cause = causeOfMoney(line)
    return cause === null ? [] : [cause === 'unexplained' && isFresh ? 'not_final' : cause]
  }
  if (isFresh) return ['not_final']
  if (!isMore(line.countsBeyond)) return ['unexplained']
  if ((elsewhere.get(line.day) ?? 0) > 0) return ['elsewhere']
  return [mayBePaid(line, lines) ? 'possibly_paid' : 'unexplained']
}

// The tokens are the same, so only the prices can differ.
function causeOfMoney({
  unpriced,
  nanoBeyond,
  attempts,
  costLines,
}: ReconciledLine): ReconcileCause | null {
  if (unpriced > 0) return 'unpriced'
  if (nanoBeyond === null) return 'unexplained'
  if (nanoBeyond === 0n) return null
  const size = nanoBeyond < 0n ? -nanoBeyond : nanoBeyond
  const isRounding = size <= BigInt(attempts) + BigInt(costLines) * LINE_ROUNDING_NANO
  return isRounding ? 'rounding' : 'unexplained'
}

// A batch whose answer was lost is ours by the day of its send, and theirs by the day of its end, within 24 hours.
function mayBePaid(line: ReconciledLine, lines: readonly ReconciledLine[]): boolean {
  const near = lines.filter(
    (other) => isSameKind(line, other) && (other.day === line.day || isNextDay(other, line)),
  )
  if (near.some(({ possiblyPaidUnknown }) => possiblyPaidUnknown > 0)) return true
  const mostNano = near.reduce((sum, { possiblyPaidNano }) => sum + possiblyPaidNano, 0n)
  return mostNano > 0n && line.nanoBeyond !== null && line.nanoBeyond <= mostNano
}

function makeUp(line: ReconciledLine, other: ReconciledLine): boolean {
  if (!other.causes.includes('unexplained') || !isSameKind(line, other)) return false
  if (!isNextDay(line, other) && !isNextDay(other, line)) return false
  return (
    !isNoCount(line.countsBeyond) && isNoCount(plusCounts(line.countsBeyond, other.countsBeyond))
  )
}

function isSameKind(line: ReconciledLine, other: ReconciledLine): boolean {
  return other.model === line.model && other.workspaceId === line.workspaceId
}

function isNextDay(one: ReconciledLine, other: ReconciledLine): boolean {
  return Date.parse(other.day) - Date.parse(one.day) === DAY_MS
}
