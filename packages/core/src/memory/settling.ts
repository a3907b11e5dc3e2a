import type { Attempt } from '../model/attempt.js'
import type { SubmissionId } from '../model/ids.js'
import type { Request } from '../model/request.js'
import type { SettleEffect } from '../model/settlement.js'
import type { Submission } from '../model/submission.js'
import { settleLine } from '../policy/settlement.js'
import { UNSENT_STATES } from '../policy/transition.js'
import type { ResultLine, SettleResult } from '../ports/store-collecting.js'
import { isLive, refOf } from './attempt-table.js'
import { isSameBytes } from './byte-text.js'
import { frozenCopy } from './frozen-copy.js'
import { finish, isUnsent } from './membership.js'
import type { Tables } from './tables.js'

/** See {@link CollectingStore.settle}. */
export function settle(
  tables: Tables,
  params: Readonly<{
    submissionId: SubmissionId
    addMissing: boolean
    lines: readonly ResultLine[]
  }>,
): SettleResult {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkPage(params.lines)
  // What was added up at the end is asked of the attempts from now on.
  if (submission.spentNano !== null) tables.submissions.update(submission.id, { spentNano: null })
  const unknown: number[] = []
  const conflicts: number[] = []
  const counts = { fresh: 0, duplicates: 0, priced: 0, done: 0 }
  for (const [index, line] of params.lines.entries()) {
    const attempt = attemptOf(tables, submission, line, params.addMissing)
    if (attempt === null) {
      unknown.push(index)
      continue
    }
    const effect = settleLine(factsOf(tables, submission, attempt, line), line)
    if (effect.type === 'conflict') conflicts.push(index)
    if (effect.type === 'duplicate') counts.duplicates += 1
    if (effect.type === 'priced') {
      counts.priced += 1
      price(tables, attempt, line)
    }
    if (effect.type !== 'fresh') continue
    counts.fresh += 1
    if (effect.request.type === 'done') counts.done += 1
    book(tables, attempt, line, effect)
  }
  return { ...counts, unknown, conflicts }
}

function attemptOf(
  tables: Tables,
  submission: Submission,
  line: ResultLine,
  addMissing: boolean,
): Attempt | null {
  const attempt = tables.attempts.find(submission.id, line.requestId)
  if (attempt !== undefined) {
    // What was never on the wire can't have come back.
    const wasSent = !attempt.withdrawn && !UNSENT_STATES.includes(submission.state)
    return wasSent ? attempt : null
  }
  const request = tables.requests.get(line.requestId)?.request
  if (!addMissing || request?.project !== submission.project) return null
  return addAttempt(tables, submission, request)
}

function addAttempt(tables: Tables, submission: Submission, request: Request): Attempt {
  const { id, project, itemBytes } = request
  const number = request.attemptCount + 1
  // A twin sent the same bytes as its original.
  const original =
    submission.twinOf === null ? undefined : tables.attempts.find(submission.twinOf, id)
  const attempt: Attempt = {
    submissionId: submission.id,
    ordinal: tables.attempts.ofSubmission(submission.id).length,
    requestId: id,
    project,
    number,
    bodyId: original?.bodyId ?? request.bodyId,
    itemBytes: original?.itemBytes ?? itemBytes,
    holdNano: null,
    outcome: null,
    usability: null,
    errorType: null,
    usage: null,
    costNano: null,
    realtimeNano: null,
    resultId: null,
    settledAt: null,
    releasedAt: tables.now(),
    withdrawn: false,
    possiblyPaid: false,
    waste: false,
  }
  tables.attempts.insert(attempt)
  tables.requests.update(id, { attemptCount: number })
  return attempt
}

function factsOf(
  tables: Tables,
  submission: Submission,
  attempt: Attempt,
  line: ResultLine,
): Parameters<typeof settleLine>[0] {
  const { request } = tables.requests.need(attempt.requestId)
  const others = tables.attempts.ofRequest(request.id).filter((other) => other !== attempt)
  const stored = attempt.resultId === null ? null : tables.bytes.results.get(attempt.resultId)
  return {
    self: refOf(attempt),
    attempt: {
      outcome: attempt.outcome,
      released: !isLive(attempt) && !isReleasedBefore(submission),
      bodyId: attempt.bodyId,
      sameBytes: stored == null ? null : isSameBytes(stored.bytes, line.bytes),
      hasCost: attempt.costNano !== null,
    },
    request: { state: request.state, result: request.result },
    otherLive: others.filter((other) => isLive(other) && !isUnsent(tables, other)).length,
    successes: others
      .filter((other) => other.outcome === 'succeeded')
      .map((other) => ({ ref: refOf(other), bodyId: other.bodyId, waste: other.waste })),
  }
}

// A twin's attempts are released from birth, an orphan's when it was given up: not for the outcome that is noted now.
function isReleasedBefore({ twinOf, orphan }: Submission): boolean {
  return twinOf !== null || orphan
}

// Whoever keeps a sum of what a submission paid adds this cost to it: it is in none yet.
function price(tables: Tables, attempt: Attempt, line: ResultLine): void {
  tables.attempts.update(refOf(attempt), {
    costNano: line.costNano,
    realtimeNano: line.realtimeNano,
    usage: attempt.usage ?? frozenCopy(line.usage),
  })
}

function book(
  tables: Tables,
  attempt: Attempt,
  line: ResultLine,
  effect: Extract<SettleEffect, { type: 'fresh' }>,
): void {
  const now = tables.now()
  tables.attempts.update(refOf(attempt), {
    outcome: line.outcome,
    usability: line.usability,
    errorType: line.errorType,
    usage: frozenCopy(line.usage),
    costNano: line.costNano,
    realtimeNano: line.realtimeNano,
    resultId: tables.bytes.addResult(line.bytes),
    settledAt: now,
    releasedAt: effect.releases ? (attempt.releasedAt ?? now) : attempt.releasedAt,
    possiblyPaid: false,
    waste: effect.waste,
  })
  for (const ref of effect.turnsToWaste) tables.attempts.update(ref, { waste: true })
  const result = refOf(attempt)
  if (effect.request.type === 'done') {
    finish(tables, attempt.requestId, { verdict: effect.request.verdict, result })
  }
  if (effect.request.type === 'keep_verdict') {
    tables.requests.update(attempt.requestId, { verdict: effect.request.verdict, result })
  }
}
