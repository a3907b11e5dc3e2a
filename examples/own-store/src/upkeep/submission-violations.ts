import {
  type Attempt,
  isImported,
  type OutcomeCounts,
  type Submission,
  type SubmissionId,
  type SubmissionState,
  type Violation,
} from '@halfrate/core'
import { nameOf, refOf } from '../rows/stored-attempt.js'
import { counting, type StoredSubmission, withoutAttempts } from '../rows/stored-submission.js'
import type { Step } from '../step.js'
import { attemptViolations } from './attempt-violations.js'
import { missingPlaces } from './place-violations.js'

const AT_PROVIDER: readonly SubmissionState[] = ['in_progress', 'canceling', 'ended', 'collected']
const NOT_BEGUN: readonly SubmissionState[] = ['filling', 'sealed', 'dissolved']
const FREED: readonly SubmissionState[] = ['dissolved', 'rejected', 'lost', 'collected']

/** Checks submissions, who they are at the provider, and that their sums are those of their attempts. */
export async function submissionViolations(
  step: Step,
  ids: readonly SubmissionId[],
): Promise<readonly Violation[]> {
  await step.submissions.load(ids)
  const found = await Promise.all(ids.map((id) => violationsOf(step, id)))
  return found.flat()
}

async function violationsOf(step: Step, id: SubmissionId): Promise<readonly Violation[]> {
  const row = step.submissions.get(id)
  if (row === null) return [{ invariant: 'I5', message: `Submission ${id} is in an index only.` }]
  const refs = Array.from({ length: row.ordinals }, (_, ordinal) => ({ submissionId: id, ordinal }))
  await step.attempts.load(refs.map(nameOf))
  const attempts = refs.flatMap((ref) => step.attempts.get(nameOf(ref))?.attempt ?? [])
  return [
    ...(await identityViolations(step, row.submission)),
    ...(await missingPlaces(step, row)),
    ...tallyViolations(row, attempts),
    ...(hasMembers(row.submission) ? sumViolations(row.submission, attempts) : []),
    ...collectedViolations(row),
    ...(await attemptViolations(step, attempts)),
  ]
}

// A twin, and one that was rebuilt from its batch, has only the lines that came.
function hasMembers(submission: Submission): boolean {
  return submission.twinOf === null && !isImported(submission)
}

async function identityViolations(
  step: Step,
  submission: Submission,
): Promise<readonly Violation[]> {
  const { id, state, remoteId, account, nonce, twinOf, nextStepAt } = submission
  const found: Violation[] = []
  const nonceKey = step.keys.of('nonce', nonce)
  const remoteKey = step.keys.remote(account, remoteId ?? '')
  await step.pointers.load([nonceKey, remoteKey])
  if (AT_PROVIDER.includes(state) !== (remoteId !== null)) {
    found.push({ invariant: 'I5', message: `Submission ${id} is ${state} with batch ${remoteId}.` })
  }
  if (remoteId !== null && step.pointers.get(remoteKey) !== id) {
    found.push({ invariant: 'I5', message: `Two submissions have batch ${remoteId}.` })
  }
  if (step.pointers.get(nonceKey) !== (twinOf ?? id)) {
    found.push({ invariant: 'I5', message: `Submission ${id} shares its nonce with another.` })
  }
  if (!NOT_BEGUN.includes(state) && submission.sendStartedAt === null && !submission.orphan) {
    found.push({ invariant: 'I4', message: `Submission ${id} was sent without an intent.` })
  }
  if (nextStepAt !== null && (state === 'collected' || state === 'dissolved')) {
    found.push({ invariant: 'I9', message: `Submission ${id} is ${state} and has a next step.` })
  }
  const foreign = step.keys.of('foreign', account)
  const isForeign = (await step.connection.ask<number>('SISMEMBER', foreign, remoteId ?? '')) === 1
  if (remoteId !== null && isForeign) {
    found.push({ invariant: 'I5', message: `Batch ${remoteId} is ours and marked as foreign.` })
  }
  return found
}

function* tallyViolations(
  row: StoredSubmission,
  attempts: readonly Attempt[],
): Generator<Violation> {
  const { id } = row.submission
  let counted = withoutAttempts(row.submission)
  for (const attempt of attempts) counted = counting(counted, null, attempt)
  const isRight = JSON.stringify(counted) === JSON.stringify({ ...counted, ...row })
  if (!isRight) {
    yield { invariant: 'I1', message: `Submission ${id} does not count its attempts right.` }
  }
  const wrong = attempts.find((attempt, ordinal) => nameOf(refOf(attempt)) !== `${id}:${ordinal}`)
  if (wrong !== undefined) {
    yield { invariant: 'I1', message: `An attempt of submission ${id} is in another's place.` }
  }
}

function* sumViolations(
  submission: Submission,
  attempts: readonly Attempt[],
): Generator<Violation> {
  const { id, requestCount, itemsBytes, holdNano, state, orphan } = submission
  const members = attempts.filter((attempt) => !attempt.withdrawn)
  const bytes = members.reduce((sum, attempt) => sum + attempt.itemBytes, 0)
  if (members.length !== requestCount) {
    yield { invariant: 'I1', message: `Submission ${id} counts its members wrong.` }
  }
  if (bytes !== itemsBytes) {
    yield { invariant: 'I1', message: `Submission ${id} counts its bytes wrong.` }
  }
  const isFreed = FREED.includes(state) || orphan
  const hold = members.reduce((sum, attempt) => sum + (attempt.holdNano ?? 0), 0)
  if (holdNano !== (isFreed ? 0 : hold)) {
    yield { invariant: 'I11', message: `Submission ${id} holds the wrong amount.` }
  }
}

function* collectedViolations(row: StoredSubmission): Generator<Violation> {
  const { submission, live, outcomes } = row
  const { id, state, counts } = submission
  if (state !== 'collected') return
  if (live > 0)
    yield { invariant: 'I7', message: `Submission ${id} is collected with ${live} open.` }
  if (counts === null) return
  // A file of which a part was lost for good is closed with what there is.
  const isWhole = hasMembers(submission) && outcomes.processing === 0
  const agrees = isWithin(outcomes, counts) && (!isWhole || isWithin(counts, outcomes))
  if (!agrees) yield { invariant: 'I7', message: `Submission ${id} does not have every result.` }
}

function isWithin(few: OutcomeCounts, many: OutcomeCounts): boolean {
  return (
    few.succeeded <= many.succeeded &&
    few.errored <= many.errored &&
    few.canceled <= many.canceled &&
    few.expired <= many.expired
  )
}
