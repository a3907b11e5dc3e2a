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
const FREED: readonly SubmissionState[] = ['dissolved', 'rejected', 'lost', 'collected']

/** Checks a submission, its identity at the provider, and that its sums are those of its attempts. */
export function submissionViolations(tables: Tables, submission: Submission): readonly Violation[] {
  const attempts = tables.attempts.ofSubmission(submission.id)
  return [
    ...identityViolations(tables, submission),
    ...(hasMembers(submission) ? sumViolations(submission, attempts) : []),
    ...collectedViolations(tables, submission),
    ...attempts.flatMap((attempt) => [...attemptViolations(tables, submission, attempt)]),
  ]
}

// A twin, and one that was rebuilt from its batch, has only the lines that came.
function hasMembers(submission: Submission): boolean {
  return submission.twinOf === null && !isImported(submission)
}

function* identityViolations(tables: Tables, submission: Submission): Generator<Violation> {
  const { id, state, remoteId, account, nonce, twinOf } = submission
  if (KNOWN_TO_PROVIDER.includes(state) !== (remoteId !== null)) {
    yield { invariant: 'I5', message: `Submission ${id} is ${state} with batch ${remoteId}.` }
  }
  if (remoteId !== null && tables.submissions.byRemoteId(account, remoteId)?.id !== id) {
    yield { invariant: 'I5', message: `Two submissions have batch ${remoteId}.` }
  }
  const original = tables.submissions.byNonce(nonce)?.id
  if (original !== (twinOf ?? id)) {
    yield { invariant: 'I5', message: `Submission ${id} shares its nonce with ${original}.` }
  }
  const mayWait = state !== 'collected' && state !== 'dissolved'
  if (submission.nextStepAt !== null && !mayWait) {
    yield { invariant: 'I9', message: `Submission ${id} is ${state} and has a next step.` }
  }
}

function* sumViolations(
  submission: Submission,
  attempts: readonly Attempt[],
): Generator<Violation> {
  const members = attempts.filter((attempt) => !attempt.withdrawn)
  const bytes = members.reduce((sum, attempt) => sum + attempt.itemBytes, 0)
  if (members.length !== submission.requestCount) {
    yield { invariant: 'I1', message: `Submission ${submission.id} counts its members wrong.` }
  }
  if (bytes !== submission.itemsBytes) {
    yield { invariant: 'I1', message: `Submission ${submission.id} counts its bytes wrong.` }
  }
  const isFreed = FREED.includes(submission.state) || submission.orphan
  const hold = members.reduce((sum, attempt) => sum + (attempt.holdNano ?? 0), 0)
  if (submission.holdNano !== (isFreed ? 0 : hold)) {
    yield { invariant: 'I11', message: `Submission ${submission.id} holds the wrong amount.` }
  }
}

function* collectedViolations(tables: Tables, submission: Submission): Generator<Violation> {
  const { id, state, counts } = submission
  if (state !== 'collected') return
  const stored = countAttempts(tables, { submissionId: id })
  if (stored.live > 0) {
    yield { invariant: 'I7', message: `Submission ${id} is collected with ${stored.live} open.` }
  }
  if (counts === null) return
  // A file of which a part was lost for good is closed with what there is.
  const isWhole = hasMembers(submission) && stored.outcomes.processing === 0
  const agrees = isWhole ? isSame(stored.outcomes, counts) : isWithin(stored.outcomes, counts)
  if (!agrees) yield { invariant: 'I7', message: `Submission ${id} does not have every result.` }
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

function* attemptViolations(
  tables: Tables,
  submission: Submission,
  attempt: Attempt,
): Generator<Violation> {
  const name = `Attempt ${submission.id}:${attempt.ordinal}`
  const isBilled = attempt.costNano !== null && attempt.costNano !== 0
  if (isBilled && attempt.outcome !== 'succeeded') {
    yield { invariant: 'I8', message: `${name} costs money without a success.` }
  }
  const hasResult = attempt.resultId !== null && tables.bytes.results.has(attempt.resultId)
  if ((attempt.outcome !== null) !== hasResult) {
    yield { invariant: 'I8', message: `${name} is booked without its line, or the reverse.` }
  }
  if (attempt.withdrawn && (isLive(attempt) || attempt.outcome !== null)) {
    yield { invariant: 'I2', message: `${name} was withdrawn and is used all the same.` }
  }
  if (!tables.attempts.ofRequest(attempt.requestId).includes(attempt)) {
    yield { invariant: 'I8', message: `${name} is missing among its request's attempts.` }
  }
}
