import {
  type ChangedBody,
  type Fence,
  type ReleaseMove,
  type ReleaseResult,
  type RemoteId,
  releaseMember,
  type Submission,
  type SubmissionId,
  type SubmissionState,
  submissionResource,
  UNSENT_STATES,
} from '@halfrate/core'
import { submissionStates } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { applyRelease, lockMembers, releaseFactsOf } from '../requests/release-effect.js'
import { RequestWrites } from '../requests/request-writes.js'
import { checkFence, checkPage, type Session, type Step } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'
import { hasLiveMembers } from './close-submission.js'

// By primary key.
const RELEASE = `UPDATE attempts a SET released_at = $1,
    possibly_paid = greatest(a.possibly_paid, v.possibly_paid)
  FROM unnest($3::bigint[], $4::bigint[]) v(ordinal, possibly_paid)
  WHERE a.submission_id = $2 AND a.ordinal = v.ordinal`

/** See `CollectingStore.releaseMembers`. */
export async function releaseMembers(
  session: Session,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    state: SubmissionState
    remoteId: RemoteId | null
    moves: readonly ReleaseMove[]
  }>,
): Promise<ReleaseResult> {
  const bodies = params.moves.flatMap(({ to }) => (to.type === 'waiting' ? (to.changed ?? []) : []))
  const firstBodyId = bodies.length === 0 ? 0 : await session.takeIds(bodies.length)
  const modelIds = await modelIdsOf(session, bodies)
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, submissionResource(submission.id))
    checkPage(step, params.moves)
    if (submission.state !== params.state || submission.remoteId !== params.remoteId) {
      return { released: 0, waiting: 0, done: 0, skipped: params.moves.length }
    }
    const result = await releasePage(step, submission, {
      moves: params.moves,
      firstBodyId,
      modelIds,
    })
    await restWhenEmpty(step, submission)
    return result
  })
}

interface ReleasedPage {
  readonly moves: readonly ReleaseMove[]
  readonly firstBodyId: number
  readonly modelIds: ReadonlyMap<string, number>
}

async function modelIdsOf(
  session: Session,
  bodies: readonly ChangedBody[],
): Promise<ReadonlyMap<string, number>> {
  const models = [...new Set(bodies.flatMap(({ model }) => model ?? []))]
  if (models.length === 0) return new Map()
  const ids = await session.idsOf(...models)
  return new Map(models.map((model, index) => [model, ids[index] ?? 0]))
}

async function releasePage(
  step: Step,
  { id: submissionId, state }: Submission,
  { moves, firstBodyId, modelIds }: ReleasedPage,
): Promise<ReleaseResult> {
  const isUnsent = UNSENT_STATES.includes(state)
  const result = { released: 0, waiting: 0, done: 0, skipped: 0 }
  const ordinals = moves.map((move) => move.ordinal)
  const members = new Map(await lockMembers(step, submissionId, ordinals))
  const writes = new RequestWrites(firstBodyId, modelIds)
  const released: ReleaseMove[] = []
  for (const move of moves) {
    const member = members.get(move.ordinal)
    const effect =
      member === undefined || member.row.withdrawn === 1
        ? null
        : releaseMember(releaseFactsOf(member), move)
    if (member === undefined || effect === null || effect.type === 'skip') {
      result.skipped += 1
      continue
    }
    result.released += 1
    if (isUnsent) {
      writes.withdraw(
        { ...member.row, waste: 0, submission_state: submissionStates.code(state) },
        step.now,
      )
    } else released.push(move)
    // A member that is named twice is let go once.
    members.delete(move.ordinal)
    applyRelease(writes, member, effect, step.now)
    if (effect.request.type === 'waiting') result.waiting += 1
    if (effect.request.type === 'done') result.done += 1
  }
  await writeReleased(step, submissionId, released)
  await writes.flush(step)
  return result
}

async function writeReleased(
  { db, now }: Step,
  submissionId: SubmissionId,
  moves: readonly ReleaseMove[],
): Promise<void> {
  if (moves.length === 0) return
  const ordinals = numbers(moves.map((move) => move.ordinal))
  const flags = numbers(moves.map((move) => (move.possiblyPaid ? 1 : 0)))
  await db.run(RELEASE, now, submissionId, ordinals, flags)
}

// Nothing is left to do for a refused or lost one; if its batch turns up, evidence gives it a next step again.
async function restWhenEmpty(step: Step, submission: Submission): Promise<void> {
  const isOver = submission.state === 'rejected' || submission.state === 'lost'
  if (!isOver || (await hasLiveMembers(step, submission.id))) return
  await changeSubmission(step, submission, { nextStepAt: null })
}
