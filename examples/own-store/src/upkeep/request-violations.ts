import {
  type Attempt,
  isSameAttempt,
  type Request,
  type RequestId,
  type Violation,
} from '@halfrate/core'
import { isHedge } from '@halfrate/core/routing'
import { blobKeysOf } from '../intake/blobs.js'
import { attemptsOf, loadRequests } from '../rows/load-requests.js'
import { isLive, refOf } from '../rows/stored-attempt.js'
import type { StoredRequest } from '../rows/stored-request.js'
import type { Step } from '../step.js'
import { fileViolations } from './file-violations.js'
import { placeViolations } from './place-violations.js'

/** Checks requests, their attempts, their places under their keys and in the indexes. */
export async function requestViolations(
  step: Step,
  ids: readonly RequestId[],
): Promise<readonly Violation[]> {
  await loadRequests(step, ids)
  const rows = ids.map((id) => step.requests.get(id)).filter((row) => row !== null)
  const around = rows.flatMap(({ request, supersedes }) => [request.supersededBy, supersedes])
  await Promise.all([
    step.requests.load(around.filter((id) => id !== null)),
    step.jobs.load(rows.flatMap(({ request }) => request.jobId ?? [])),
  ])
  const bodies = await Promise.all(
    rows.map(({ request }) =>
      step.connection.ask<number>('EXISTS', step.keys.of('body', request.bodyId)),
    ),
  )
  await step.blobs.load(rows.flatMap(({ request }) => blobKeysOf(step, request.id)))
  const files = await fileViolations(step, rows)
  const places = await Promise.all(rows.map((row) => placeViolations(step, row)))
  return [
    ...ids
      .filter((id) => step.requests.get(id) === null)
      .map((id) => ({ invariant: 'I1', message: `Request ${id} is in an index only.` })),
    ...rows.flatMap((row) => [...recordViolations(step, row)]),
    ...rows
      .filter((_, index) => bodies[index] === 0)
      .map(({ request }) => ({ invariant: 'I1', message: `Request ${request.id} has no body.` })),
    ...rows
      .filter(({ request }) =>
        blobKeysOf(step, request.id).some((key) => step.blobs.get(key) === null),
      )
      .map(({ request }) => ({ invariant: 'I1', message: `Request ${request.id} lacks a file.` })),
    ...files,
    ...places.flat(),
  ]
}

function* recordViolations(step: Step, row: StoredRequest): Generator<Violation> {
  const attempts = attemptsOf(step, row.request.id)
  yield* whereViolations(step, row.request, attempts)
  yield* endViolations(row.request, attempts)
  yield* wasteViolations(row.request, attempts)
  yield* ownerViolations(step, row.request, attempts)
  yield* chainViolations(step, row)
}

function* whereViolations(
  step: Step,
  request: Request,
  attempts: readonly Attempt[],
): Generator<Violation> {
  const { id, state } = request
  const live = attempts.filter(isLive)
  if (state === 'waiting' && live.length > 0) {
    yield { invariant: 'I1', message: `Request ${id} waits and is in a submission too.` }
  }
  if (state === 'assigned' && live.length === 0) {
    yield { invariant: 'I1', message: `Request ${id} is assigned, but to no submission.` }
  }
  const batches = live.map((each) => step.submissions.need(each.submissionId).submission)
  const ordinary = batches.filter((batch) => !batch.orphan && !isHedge(batch)).length
  const hedges = batches.filter(isHedge).length
  if (ordinary > 1 || hedges > 1) {
    const message = `Request ${id} has ${ordinary} live attempts and ${hedges} that hedge.`
    yield { invariant: 'I2', message }
  }
  if (request.attemptCount !== attempts.length) {
    yield { invariant: 'I1', message: `Request ${id} does not count its attempts right.` }
  }
}

function* endViolations(request: Request, attempts: readonly Attempt[]): Generator<Violation> {
  const { id, state, verdict, result, doneAt } = request
  if ((state === 'done') !== (doneAt !== null) || (state === 'done' && verdict === null)) {
    yield { invariant: 'I9', message: `Request ${id} is not done in every column alike.` }
  }
  const answer = attempts.find((attempt) => isSameAttempt(result, refOf(attempt)))
  if (result !== null && answer?.outcome == null) {
    yield { invariant: 'I6', message: `The result of request ${id} is not one of its attempts'.` }
  }
  if (state !== 'done' || verdict?.status !== 'succeeded') return
  if (answer?.outcome !== 'succeeded' || answer.waste) {
    yield { invariant: 'I6', message: `Request ${id} succeeded without a success to show for it.` }
  }
}

function* wasteViolations(request: Request, attempts: readonly Attempt[]): Generator<Violation> {
  const all = attempts.filter((attempt) => attempt.outcome === 'succeeded')
  const worth = all.filter((attempt) => !attempt.waste)
  const bodies = new Set(worth.map((attempt) => attempt.bodyId))
  if (bodies.size < worth.length) {
    yield { invariant: 'I6', message: `Request ${request.id} has two results for one body.` }
  }
  if (all.every(({ bodyId }) => bodies.has(bodyId))) return
  const message = `Request ${request.id} has a body of which every answer is waste.`
  yield { invariant: 'I6', message }
}

function* ownerViolations(
  step: Step,
  request: Request,
  attempts: readonly Attempt[],
): Generator<Violation> {
  const { id, project, account, jobId } = request
  for (const attempt of attempts) {
    const { submission } = step.submissions.need(attempt.submissionId)
    const isTheirs =
      attempt.project === project &&
      submission.project === project &&
      submission.account === account
    if (isTheirs) continue
    const message = `Submission ${submission.id} and its request ${id} have different owners.`
    yield { invariant: 'I14', message }
  }
  if (jobId !== null && step.jobs.get(jobId)?.job.project !== project) {
    yield { invariant: 'I14', message: `Request ${id} is in another project's job.` }
  }
}

function* chainViolations(step: Step, row: StoredRequest): Generator<Violation> {
  const { id, supersededBy } = row.request
  const newer = supersededBy === null ? null : step.requests.get(supersededBy)
  const older = row.supersedes === null ? null : step.requests.get(row.supersedes)
  const isNewerRight = supersededBy === null || newer?.supersedes === id
  const isOlderRight = row.supersedes === null || older?.request.supersededBy === id
  if (!isNewerRight || !isOlderRight || row.displaced !== (newer?.accepted ?? false)) {
    yield { invariant: 'I1', message: `Request ${id} is not in one chain of its key.` }
  }
}
