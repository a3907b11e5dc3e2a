import type { Attempt } from '../model/attempt.js'
import type { OutcomeCounts } from '../model/outcome.js'
import type { Submission, SubmissionState } from '../model/submission.js'
import { isImported } from '../policy/evidence.js'
import type { Violation } from '../ports/store-upkeep.js'
import { isLive } from './attempt-table.js'
import { countAttempts } from './collecting.js'
import type { Tables } from './tables.js'

const KNOWN_TO_PROVIDER: readonly SubmissionState[] = [
  'in_progress',
  'canceling',
  'ended',
  'collected',
]
const NOT_BEGUN: readonly SubmissionState[] = ['filling', 'sealed', 'dissolved']
const FREED: readonly SubmissionState[] = ['dissolved', 'rejected', 'lost', 'collected']

/** Checks a submission, its identity at the provider, and that its sums are those of its attempts. */
export function submissionViolations(tables: Tables, submission: Submission): readonly Violation[] {
  const attempts = tables.attempts.ofSubmission(submission.id)
  const found: Violation[] = []
  addIdentity(found, tables, submission)
  if (hasMembers(submission)) addSums(found, submission, attempts)
  addCollected(found, tables, submission)
  for (const attempt of attempts) addAttempt(found, tables, submission, attempt)
  return found
}

// A twin, and one that was rebuilt from its batch, has only the lines that came.
function hasMembers(submission: Submission): boolean {
  return submission.twinOf === null && !isImported(submission)
}

function addIdentity(found: Violation[], tables: Tables, submission: Submission): void {
  const { id, state, remoteId, account, nonce, twinOf } = submission
  if (KNOWN_TO_PROVIDER.includes(state) !== (remoteId !== null)) {
    found.push({ invariant: 'I5', message: `Submission ${id} is ${state} with batch ${remoteId}.` })
  }
  if (remoteId !== null && tables.submissions.byRemoteId(account, remoteId)?.id !== id) {
    found.push({ invariant: 'I5', message: `Two submissions have batch ${remoteId}.` })
  }
  const original = tables.submissions.byNonce(nonce)?.id
  if (original !== (twinOf ?? id)) {
    found.push({ invariant: 'I5', message: `Submission ${id} shares its nonce with ${original}.` })
  }
  if (!NOT_BEGUN.includes(state) && submission.sendStartedAt === null && !submission.orphan) {
    found.push({ invariant: 'I4', message: `Submission ${id} was sent without an intent.` })
  }
  const mayWait = state !== 'collected' && state !== 'dissolved'
  if (submission.nextStepAt !== null && !mayWait) {
    found.push({ invariant: 'I9', message: `Submission ${id} is ${state} and has a next step.` })
  }
}

function addSums(found: Violation[], submission: Submission, attempts: readonly Attempt[]): void {
  const members = attempts.filter((attempt) => !attempt.withdrawn)
  const bytes = members.reduce((sum, attempt) => sum + attempt.itemBytes, 0)
  if (members.length !== submission.requestCount) {
    found.push({
      invariant: 'I1',
      message: `Submission ${submission.id} counts its members wrong.`,
    })
  }
  if (bytes !== submission.itemsBytes) {
    found.push({ invariant: 'I1', message: `Submission ${submission.id} counts its bytes wrong.` })
  }
  const isFreed = FREED.includes(submission.state) || submission.orphan
  const hold = members.reduce((sum, attempt) => sum + (attempt.holdNano ?? 0), 0)
  if (submission.holdNano !== (isFreed ? 0 : hold)) {
    found.push({ invariant: 'I11', message: `Submission ${submission.id} holds the wrong amount.` })
  }
}

function addCollected(found: Violation[], tables: Tables, submission: Submission): void {
  const { id, state, counts } = submission
  if (state !== 'collected') return
  const stored = countAttempts(tables, { submissionId: id })
  if (stored.live > 0) {
    found.push({
      invariant: 'I7',
      message: `Submission ${id} is collected with ${stored.live} open.`,
    })
  }
  if (counts === null) return
  // A file of which a part was lost for good is closed with what there is.
  const isWhole = hasMembers(submission) && stored.outcomes.processing === 0
  const agrees = isWhole ? isSame(stored.outcomes, counts) : isWithin(stored.outcomes, counts)
  if (!agrees)
    found.push({ invariant: 'I7', message: `Submission ${id} does not have every result.` })
}

function isSame(stored: OutcomeCounts, counts: OutcomeCounts): boolean {
  return isWithin(stored, counts) && isWithin(counts, stored)
}

function isWithin(stored: OutcomeCounts, counts: OutcomeCounts): boolean {
  return (
    stored.succeeded <= counts.succeeded &&
    stored.errored <= counts.errored &&
    stored.canceled <= counts.canceled &&
    stored.expired <= counts.expired
  )
}

function addAttempt(
  found: Violation[],
  tables: Tables,
  submission: Submission,
  attempt: Attempt,
): void {
  const add = (invariant: string, what: string): void => {
    found.push({ invariant, message: `Attempt ${submission.id}:${attempt.ordinal} ${what}` })
  }
  addMoney(attempt, (what) => add('I8', what))
  const hasResult = attempt.resultId !== null && tables.bytes.results.has(attempt.resultId)
  if ((attempt.outcome !== null) !== hasResult) {
    add('I8', 'is booked without its line, or the reverse.')
  }
  if (attempt.withdrawn && (isLive(attempt) || attempt.outcome !== null)) {
    add('I2', 'was withdrawn and is used all the same.')
  }
  if (!tables.attempts.ofRequest(attempt.requestId).includes(attempt)) {
    add('I8', "is missing among its request's attempts.")
  }
}

function addMoney(attempt: Attempt, add: (what: string) => void): void {
  const { outcome, costNano, realtimeNano, waste, possiblyPaid } = attempt
  const isSuccess = outcome === 'succeeded'
  if (!isSuccess && ((costNano ?? 0) !== 0 || (realtimeNano ?? 0) !== 0)) {
    add('costs money without a success.')
  }
  if ((costNano === null) !== (realtimeNano === null)) {
    add('has a cost in one of its two columns only.')
  }
  if ((costNano ?? 0) < 0 || (realtimeNano ?? 0) < 0) add('costs less than nothing.')
  if (!isSuccess && waste) add('is waste without a success.')
  if (isSuccess && possiblyPaid) add('is paid, and possibly paid too.')
}
