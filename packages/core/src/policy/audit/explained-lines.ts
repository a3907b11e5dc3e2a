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
  /** What batches made elsewhere used that were read, and what that cost by the price book without searches; null where a price is not known. */
  elsewhere: ComparedCounts
  elsewhereNano: bigint | null
  elsewhereAnswers: number
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
 * hour. `elsewhere`: batches of the workspace ended that day which the store knows nothing of, and they used just this much.
 * `other_workspace`: none of ours. `possibly_paid`: attempts of that day or the one before may have been paid, and it is no more. `unpriced`: we know no
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
  const holds = new PossibleCosts(lines)
  const explained = lines.map((line) => ({ ...line, causes: causesOf(line, holds, context) }))
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
  holds: PossibleCosts,
  { now, isOurs }: ReconcileContext,
): readonly ReconcileCause[] {
  const hasNothing = isNoCount(line.ours) && (line.theirsNano ?? 0n) === 0n
  if (isNoCount(line.countsBeyond) && hasNothing) return []
  if (!isOurs(line.workspaceId)) return ['other_workspace']
  const isFresh = Date.parse(`${line.day}T00:00:00Z`) + DAY_MS + HOUR_MS > now
  if (isNoCount(line.countsBeyond)) {
    const cause = causeOfMoney(line)
    return cause === null ? [] : [cause === 'unexplained' && isFresh ? 'not_final' : cause]
  }
  if (isFresh) return ['not_final']
  if (!isMore(line.countsBeyond)) return ['unexplained']
  return causesOfMore(line, holds)
}

// What was made elsewhere explains what it used, to the token, and no more.
function causesOfMore(line: ReconciledLine, holds: PossibleCosts): readonly ReconcileCause[] {
  const { counts, nano } = beyondElsewhere(line)
  const elsewhere: readonly ReconcileCause[] = line.elsewhereAnswers > 0 ? ['elsewhere'] : []
  if (isNoCount(counts)) {
    const isSame = nano === null || isRounding(nano, line)
    return isSame ? elsewhere : ['unexplained']
  }
  const mayBePaid = isMore(counts) && holds.cover(line, nano)
  return mayBePaid ? [...elsewhere, 'possibly_paid'] : ['unexplained']
}

function beyondElsewhere(line: ReconciledLine): {
  readonly counts: ComparedCounts
  readonly nano: bigint | null
} {
  const { countsBeyond, nanoBeyond, elsewhere, elsewhereNano } = line
  const isKnown = nanoBeyond !== null && elsewhereNano !== null
  return {
    counts: plusCounts(countsBeyond, elsewhere, -1),
    nano: isKnown ? nanoBeyond - elsewhereNano : null,
  }
}

function isRounding(nano: bigint, line: ReconciledLine): boolean {
  const { attempts, elsewhereAnswers, costLines } = line
  const most = BigInt(attempts + elsewhereAnswers) + BigInt(costLines) * LINE_ROUNDING_NANO
  return (nano < 0n ? -nano : nano) <= most
}

// The tokens are the same, so only the prices can differ.
function causeOfMoney(line: ReconciledLine): ReconcileCause | null {
  const { unpriced, nanoBeyond } = line
  if (unpriced > 0) return 'unpriced'
  if (nanoBeyond === null) return 'unexplained'
  if (nanoBeyond === 0n) return null
  return isRounding(nanoBeyond, line) ? 'rounding' : 'unexplained'
}

/**
 * What attempts can have cost at most whose answers were lost. A batch of them is ours by the day of its send, and theirs by the day of
 * its end, within 24 hours: each dollar explains a difference of its day or of the next, and only one.
 */
class PossibleCosts {
  readonly #left = new Map<string, bigint>()
  readonly #unknown = new Set<string>()

  constructor(lines: readonly ReconciledLine[]) {
    for (const line of lines) {
      const key = kindOn(line, line.day)
      this.#left.set(key, line.possiblyPaidNano)
      if (line.possiblyPaidUnknown > 0) this.#unknown.add(key)
    }
  }

  /** Whether they cover an amount on the day of a line; what does is used up. Lines come in the order of days. */
  cover(line: ReconciledLine, nano: bigint | null): boolean {
    const keys = [kindOn(line, dayBefore(line.day)), kindOn(line, line.day)]
    if (keys.some((key) => this.#unknown.has(key))) return true
    const most = keys.reduce((sum, key) => sum + (this.#left.get(key) ?? 0n), 0n)
    if (most === 0n || nano === null || nano > most) return false
    let open = nano
    for (const key of keys) {
      const left = this.#left.get(key) ?? 0n
      const used = left < open ? left : open
      this.#left.set(key, left - used)
      open -= used
    }
    return true
  }
}

function kindOn({ model, workspaceId }: ReconciledLine, day: string): string {
  return JSON.stringify([day, model, workspaceId])
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10)
}

function makeUp(line: ReconciledLine, other: ReconciledLine): boolean {
  if (!other.causes.includes('unexplained') || !isSameKind(line, other)) return false
  if (!isNextDay(line, other) && !isNextDay(other, line)) return false
  const { counts } = beyondElsewhere(line)
  return !isNoCount(counts) && isNoCount(plusCounts(counts, beyondElsewhere(other).counts))
}

function isSameKind(line: ReconciledLine, other: ReconciledLine): boolean {
  return other.model === line.model && other.workspaceId === line.workspaceId
}

function isNextDay(one: ReconciledLine, other: ReconciledLine): boolean {
  return Date.parse(other.day) - Date.parse(one.day) === DAY_MS
}
