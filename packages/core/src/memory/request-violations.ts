import type { Attempt } from '../model/attempt.js'
import type { Request } from '../model/request.js'
import { isHedge } from '../policy/hedging.js'
import { isSameAttempt } from '../policy/settlement.js'
import type { Violation } from '../ports/store-upkeep.js'
import { isLive, refOf } from './attempt-table.js'
import type { StoredRequest } from './stored-request.js'
import type { Tables } from './tables.js'

/** Checks a request, its attempts and its place under its key. */
export function requestViolations(tables: Tables, row: StoredRequest): readonly Violation[] {
  const { request } = row
  const attempts = tables.attempts.ofRequest(request.id)
  const found: Violation[] = []
  addPlace(found, tables, request, attempts)
  addEnd(found, request, attempts)
  addWaste(found, request, attempts)
  addOwners(found, tables, request, attempts)
  addChain(found, tables, row)
  return found
}

function addPlace(
  found: Violation[],
  tables: Tables,
  request: Request,
  attempts: readonly Attempt[],
): void {
  const live = attempts.filter(isLive)
  if (request.state === 'waiting' && live.length > 0) {
    found.push({
      invariant: 'I1',
      message: `Request ${request.id} waits and is in a submission too.`,
    })
  }
  if (request.state === 'assigned' && live.length === 0) {
    found.push({
      invariant: 'I1',
      message: `Request ${request.id} is assigned, but to no submission.`,
    })
  }
  const batches = live.map((each) => tables.submissions.need(each.submissionId))
  const ordinary = batches.filter((each) => !each.orphan && !isHedge(each))
  const hedges = batches.filter(isHedge)
  if (ordinary.length > 1 || hedges.length > 1) {
    found.push({
      invariant: 'I2',
      message: `Request ${request.id} has ${ordinary.length} live attempts and ${hedges.length} that hedge.`,
    })
  }
  if (request.attemptCount !== attempts.length) {
    found.push({
      invariant: 'I1',
      message: `Request ${request.id} does not count its attempts right.`,
    })
  }
}

function addEnd(found: Violation[], request: Request, attempts: readonly Attempt[]): void {
  const { id, state, verdict, result, doneAt } = request
  if ((state === 'done') !== (doneAt !== null) || (state === 'done' && verdict === null)) {
    found.push({ invariant: 'I9', message: `Request ${id} is not done in every column alike.` })
  }
  const answer = attempts.find((attempt) => isSameAttempt(result, refOf(attempt)))
  if (result !== null && answer?.outcome == null) {
    found.push({
      invariant: 'I6',
      message: `The result of request ${id} is not one of its attempts'.`,
    })
  }
  if (state !== 'done' || verdict?.status !== 'succeeded') return
  if (answer?.outcome !== 'succeeded' || answer.waste) {
    found.push({
      invariant: 'I6',
      message: `Request ${id} succeeded without a success to show for it.`,
    })
  }
}

function addWaste(found: Violation[], request: Request, attempts: readonly Attempt[]): void {
  const all = attempts.filter(({ outcome }) => outcome === 'succeeded')
  const worth = new Set<number>()
  for (const attempt of all) {
    if (attempt.waste) continue
    if (worth.has(attempt.bodyId)) {
      found.push({
        invariant: 'I6',
        message: `Request ${request.id} has two results for one body.`,
      })
    }
    worth.add(attempt.bodyId)
  }
  if (all.every(({ bodyId }) => worth.has(bodyId))) return
  found.push({
    invariant: 'I6',
    message: `Request ${request.id} has a body of which every answer is waste.`,
  })
}

function addOwners(
  found: Violation[],
  tables: Tables,
  request: Request,
  attempts: readonly Attempt[],
): void {
  for (const attempt of attempts) {
    const submission = tables.submissions.need(attempt.submissionId)
    const isTheirs =
      attempt.project === request.project &&
      submission.project === request.project &&
      submission.account === request.account
    if (isTheirs) continue
    found.push({
      invariant: 'I14',
      message: `Submission ${submission.id} and its request ${request.id} have different owners.`,
    })
  }
  const job = request.jobId === null ? null : tables.jobs.get(request.jobId)
  if (job !== null && job?.project !== request.project) {
    found.push({ invariant: 'I14', message: `Request ${request.id} is in another project's job.` })
  }
}

function addChain(found: Violation[], tables: Tables, row: StoredRequest): void {
  const { id, supersededBy, bodyId } = row.request
  const newer = supersededBy === null ? null : tables.requests.get(supersededBy)
  const older = row.supersedes === null ? null : tables.requests.get(row.supersedes)
  const isLinked =
    (newer === null || newer?.supersedes === id) &&
    (older === null || older?.request.supersededBy === id)
  if (!isLinked)
    found.push({ invariant: 'I1', message: `Request ${id} is not in one chain of its key.` })
  const body = tables.bytes.bodies.get(bodyId)
  if (body === undefined) found.push({ invariant: 'I1', message: `Request ${id} has no body.` })
  if (body?.blobKeys.some((key) => !tables.bytes.blobs.has(key)) === true) {
    found.push({ invariant: 'I1', message: `Request ${id} lacks a file.` })
  }
}
