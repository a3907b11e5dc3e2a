import { createHash } from 'node:crypto'
import {
  type Attempt,
  type ResultLine,
  type SettleEffect,
  type SettleResult,
  type Submission,
  settleLine,
  UNSENT_STATES,
} from '@halfrate/core'
import {
  addAttempt,
  changeAttempt,
  changeRequest,
  changeSubmission,
  NEW_ATTEMPT,
} from '../rows/change.js'
import { finish, isUnsent } from '../rows/finish.js'
import { attemptsOf, loadRequests } from '../rows/load-requests.js'
import { isLive, nameOf, refOf } from '../rows/stored-attempt.js'
import type { Step } from '../step.js'

/** Reads all that booking lines of a submission can touch. */
export async function loadLines(
  step: Step,
  submission: Submission,
  lines: readonly Pick<ResultLine, 'requestId'>[],
): Promise<void> {
  if (submission.twinOf !== null) await step.submissions.load([submission.twinOf])
  await loadRequests(
    step,
    lines.map((line) => line.requestId),
  )
}

/** Books lines of a submission; everything was loaded. The step needs an id for each. */
export function settleLines(
  step: Step,
  submission: Submission,
  params: { readonly addMissing: boolean; readonly lines: readonly ResultLine[] },
): SettleResult {
  // What was added up at the end is asked of the attempts from now on.
  if (submission.spentNano !== null) changeSubmission(step, submission.id, { spentNano: null })
  const unknown: number[] = []
  const conflicts: number[] = []
  const counts = { fresh: 0, duplicates: 0, priced: 0, done: 0 }
  for (const [index, line] of params.lines.entries()) {
    const attempt = attemptFor(step, submission, line, params.addMissing)
    if (attempt === null) {
      unknown.push(index)
      continue
    }
    const digest = createHash('sha256').update(line.bytes).digest('hex')
    const effect = settleLine(factsOf(step, submission, attempt, digest), line)
    if (effect.type === 'conflict') conflicts.push(index)
    if (effect.type === 'duplicate') counts.duplicates += 1
    if (effect.type === 'priced') {
      counts.priced += 1
      price(step, attempt, line)
    }
    if (effect.type !== 'fresh') continue
    counts.fresh += 1
    if (effect.request.type === 'done') counts.done += 1
    book(step, attempt, { line, digest }, effect)
  }
  return { ...counts, unknown, conflicts }
}

function attemptFor(
  step: Step,
  submission: Submission,
  line: ResultLine,
  addMissing: boolean,
): Attempt | null {
  const row = step.requests.get(line.requestId)
  if (row === null) return null
  const attempts = attemptsOf(step, line.requestId)
  const attempt = attempts.find((each) => each.submissionId === submission.id)
  if (attempt !== undefined) {
    // What was never on the wire can't have come back.
    const wasSent = !attempt.withdrawn && !UNSENT_STATES.includes(submission.state)
    return wasSent ? attempt : null
  }
  if (!addMissing || row.request.project !== submission.project) return null
  // A twin sent the same bytes as its original.
  const original = attempts.find((each) => each.submissionId === submission.twinOf)
  const { id: requestId, project, bodyId, itemBytes } = row.request
  const sent = { bodyId: original?.bodyId ?? bodyId, itemBytes: original?.itemBytes ?? itemBytes }
  const where = { submissionId: submission.id, requestId, project, releasedAt: step.now }
  return addAttempt(step, { ...NEW_ATTEMPT, ...where, ...sent }, row.prefixId)
}

function factsOf(
  step: Step,
  submission: Submission,
  attempt: Attempt,
  digest: string,
): Parameters<typeof settleLine>[0] {
  const { request } = step.requests.need(attempt.requestId)
  const self = refOf(attempt)
  const stored = step.attempts.need(nameOf(self)).digest
  const others = attemptsOf(step, request.id).filter(
    (other) => nameOf(refOf(other)) !== nameOf(self),
  )
  // A twin's attempts are released from birth, an orphan's when it was given up: not for the outcome noted now.
  const isReleasedBefore = submission.twinOf !== null || submission.orphan
  return {
    self,
    attempt: {
      outcome: attempt.outcome,
      released: !isLive(attempt) && !isReleasedBefore,
      bodyId: attempt.bodyId,
      sameBytes: stored === null ? null : stored === digest,
      hasCost: attempt.costNano !== null,
    },
    request: { state: request.state, result: request.result },
    otherLive: others.filter((other) => isLive(other) && !isUnsent(step, other)).length,
    successes: others
      .filter((other) => other.outcome === 'succeeded')
      .map((other) => ({ ref: refOf(other), bodyId: other.bodyId, waste: other.waste })),
  }
}

// Whoever keeps a sum of what a submission paid adds this cost to it: it is in none yet.
function price(step: Step, attempt: Attempt, line: ResultLine): void {
  const { costNano, realtimeNano } = line
  changeAttempt(step, attempt, { costNano, realtimeNano, usage: attempt.usage ?? line.usage })
}

function book(
  step: Step,
  attempt: Attempt,
  { line, digest }: { readonly line: ResultLine; readonly digest: string },
  effect: Extract<SettleEffect, { type: 'fresh' }>,
): void {
  const { outcome, usability, errorType, usage, costNano, realtimeNano } = line
  const resultId = step.takeId()
  step.also('SET', step.keys.of('result', resultId), line.bytes)
  changeAttempt(
    step,
    attempt,
    {
      ...{ outcome, usability, errorType, usage, costNano, realtimeNano, resultId },
      settledAt: step.now,
      releasedAt: effect.releases ? (attempt.releasedAt ?? step.now) : attempt.releasedAt,
      possiblyPaid: false,
      waste: effect.waste,
    },
    { digest },
  )
  for (const ref of effect.turnsToWaste) {
    changeAttempt(step, step.attempts.need(nameOf(ref)).attempt, { waste: true })
  }
  const result = refOf(attempt)
  if (effect.request.type === 'done') {
    finish(step, attempt.requestId, { verdict: effect.request.verdict, result })
  }
  if (effect.request.type === 'keep_verdict') {
    changeRequest(step, attempt.requestId, { verdict: effect.request.verdict, result })
  }
}
