import type { QueuePolicy, Usability } from '@halfrate/core'
import type { WireOutcome } from '@halfrate/emulator/model'

/** One row of a request in a batch that ended, by the provider's books. Instants are virtual time. */
export interface FateRow {
  readonly batchId: string
  readonly customId: string
  readonly createdAt: number
  readonly endedAt: number
  /** Requests in its batch. */
  readonly batchCount: number
  readonly outcome: WireOutcome
  /** Of a row that errored; null when it is not known. */
  readonly errorType: string | null
  /** Of a row that succeeded; null when it is not known. */
  readonly usability: Usability | null
  /** It was cut off by a pause in the middle of a turn. */
  readonly isPaused: boolean
  /** The model that it asked; null when it is not known. */
  readonly model: string | null
  /** The cap that it was sent with; null when it is not known. */
  readonly maxTokens: number | null
  /** How many turns its messages had; null when it is not known. */
  readonly turns: number | null
  /** If it was not paid, it may never have stood in a file. */
  readonly mayBeUnseen: boolean
  /** Answered in real time, where an answer that is lost is never found. */
  readonly isCall: boolean
}

/** What ends are derived from. */
export interface EndFacts {
  /** In the order in which their batches were made. */
  readonly rows: readonly FateRow[]
  readonly policy: Pick<
    QueuePolicy,
    | 'maxFailures'
    | 'giveUpAfterMs'
    | 'accept'
    | 'raiseMaxTokensTo'
    | 'continueAtMost'
    | 'askRefusedOf'
    | 'outputSchema'
  >
  readonly createdAt: number
  /** When it ended, or now. */
  readonly doneAt: number
  /** Its caller canceled it, perhaps in time to keep it from another try. */
  readonly isCanceled: boolean
}

/** What may follow a row: its end, by reason, or another try with so many failures counted. */
interface Next {
  readonly ends: readonly string[]
  readonly tries: readonly number[]
}

/** What the rows of a request lead to. */
export interface ExpectedEnd {
  /** Reasons with which it may have ended by its last row; none if it had to be tried again. */
  readonly reasons: ReadonlySet<string>
  /** Whether it may have been open after its last row, and so end in another way: canceled, refused, given up by a person. */
  readonly mayGoOn: boolean
  /** The row after which it had to end and was tried again all the same; null if there is none. */
  readonly mustHaveEndedBy: FateRow | null
}

const PERMANENT: ReadonlySet<string> = new Set([
  'invalid_request_error',
  'not_found_error',
  'permission_error',
  'request_too_large',
])
const OF_THE_ACCOUNT: ReadonlySet<string> = new Set(['authentication_error', 'billing_error'])

/** Whether a row failed for good: trying it again can't help. */
export function isPermanent({ outcome, errorType }: FateRow): boolean {
  return outcome === 'errored' && errorType !== null && PERMANENT.has(errorType)
}

/** Whether a row failed in a way that counts against its request. */
export function isCountable({ outcome, errorType }: FateRow): boolean {
  if (outcome !== 'errored') return false
  return errorType === null || !(PERMANENT.has(errorType) || OF_THE_ACCOUNT.has(errorType))
}

/**
 * Derives how a request may end from what became of its rows, by what the documents promise and without a word of the
 * store: a success ends it, so does an error that no repeat can mend; other errors count until there are `maxFailures`;
 * expiries, cancels from outside and errors of the account don't, and all of them end when its time is over.
 *
 * For requests that are in one batch at a time, as all are within the assumptions.
 */
export function expectedEnd(facts: EndFacts): ExpectedEnd {
  const { rows, doneAt } = facts
  let counts: ReadonlySet<number> = new Set([0])
  let reasons: ReadonlySet<string> = new Set()
  // Whoever called may have stood still with an answer while others went on, and book it at any time.
  const late: string[] = []
  for (const [index, row] of rows.entries()) {
    const after = rows[index + 1]
    const decidedBy = after?.createdAt ?? doneAt
    const next = [...counts].map((failures) => nextOf(facts, row, { failures, decidedBy }))
    counts = new Set(next.flatMap(({ tries }) => tries))
    reasons = new Set([...late, ...next.flatMap(({ ends }) => ends)])
    if (row.isCall && row.outcome === 'succeeded') late.push(endBy(row))
    if (after !== undefined && counts.size === 0) {
      return { reasons, mayGoOn: false, mustHaveEndedBy: row }
    }
  }
  return { reasons, mayGoOn: counts.size > 0, mustHaveEndedBy: null }
}

interface At {
  readonly failures: number
  /** It was decided about no later. */
  readonly decidedBy: number
}

function nextOf(facts: EndFacts, row: FateRow, at: At): Next {
  switch (row.outcome) {
    case 'succeeded':
      return afterSuccess(facts, row, at)
    case 'canceled':
      return { ends: [], tries: [at.failures] }
    case 'expired':
      return inTime(facts, row, at, { reason: 'expired', failures: at.failures })
    case 'errored':
      return withUnseen(row, at, afterError(facts, row, at))
  }
}

function afterSuccess(facts: EndFacts, row: FateRow, at: At): Next {
  const isSentAgain =
    mustBeRaised(facts, row) ||
    mustGoOn(facts, row) ||
    mustBeAskedOfOther(facts, row) ||
    mustBeRepaired(facts, row)
  const next = isSentAgain
    ? orCanceled(facts, row, inTime(facts, row, at, { reason: endBy(row), failures: at.failures }))
    : { ends: [endBy(row)], tries: [] }
  // Whoever called may have died with the answer, or have brought it after it was given up, when nothing is tried any more.
  if (!row.isCall) return next
  const ends = [...next.ends, endBy(row), 'possibly_paid']
  return { ends, tries: [...next.tries, at.failures] }
}

function endBy({ usability }: FateRow): string {
  return usability ?? 'usable'
}

// The real outcome of what is canceled too late wins, and is its last.
function orCanceled({ isCanceled }: EndFacts, row: FateRow, next: Next): Next {
  return isCanceled ? { ...next, ends: [...next.ends, endBy(row)] } : next
}

// Once: what was sent with the raised cap has no higher one to be sent with.
function mustBeRaised({ policy }: EndFacts, row: FateRow): boolean {
  const { usability, isPaused, maxTokens } = row
  if (usability !== 'cut_off' || isPaused || policy.accept.includes('cut_off')) return false
  return maxTokens !== null && maxTokens < policy.raiseMaxTokensTo
}

// So often, over all of its rows: each that went on has one turn more than it came with.
function mustGoOn({ policy }: EndFacts, { isPaused, turns }: FateRow): boolean {
  if (!isPaused || policy.accept.includes('cut_off')) return false
  return turns !== null && turns <= policy.continueAtMost
}

// Once: what was asked of the other model has no other one.
function mustBeAskedOfOther({ policy }: EndFacts, { usability, model }: FateRow): boolean {
  const { accept, askRefusedOf } = policy
  if (usability !== 'refused' || accept.includes('refused')) return false
  return askRefusedOf !== null && model !== null && model !== askRefusedOf
}

// Once: what was sent back has an answer among its turns. Seeds with forms have no pauses.
function mustBeRepaired({ policy }: EndFacts, { usability, turns }: FateRow): boolean {
  return usability === 'output_invalid' && policy.outputSchema !== null && turns === 1
}

function afterError(facts: EndFacts, row: FateRow, at: At): Next {
  if (isPermanent(row)) return { ends: ['errored'], tries: [] }
  const failures = at.failures + (isCountable(row) ? 1 : 0)
  if (isCountable(row) && failures >= facts.policy.maxFailures) {
    return { ends: ['gave_up'], tries: [] }
  }
  return inTime(facts, row, at, { reason: 'gave_up', failures })
}

// When exactly it was decided is not known, only between which instants.
function inTime(
  { policy, createdAt }: EndFacts,
  { endedAt, mayBeUnseen }: FateRow,
  { decidedBy }: At,
  other: { readonly reason: string; readonly failures: number },
): Next {
  const isSurely = endedAt - createdAt >= policy.giveUpAfterMs && !mayBeUnseen
  const isPerhaps = decidedBy - createdAt >= policy.giveUpAfterMs
  return { ends: isPerhaps ? [other.reason] : [], tries: isSurely ? [] : [other.failures] }
}

// A line that never came, though it is proven that it was not paid, is tried again and not counted.
function withUnseen({ mayBeUnseen }: FateRow, { failures }: At, next: Next): Next {
  return mayBeUnseen ? { ...next, tries: [...next.tries, failures] } : next
}
