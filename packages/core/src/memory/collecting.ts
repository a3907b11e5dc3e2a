import type { Attempt } from '../model/attempt.js'
import type { RemoteId, SubmissionId } from '../model/ids.js'
import { ZERO_USD } from '../model/money.js'
import type { OpenOutcome } from '../model/open-outcome.js'
import { submissionResource } from '../model/resource.js'
import type { Submission } from '../model/submission.js'
import { useOfAttempts } from '../policy/budgets/budget-use.js'
import { assertSubmissionMove } from '../policy/transition.js'
import type {
  AttemptCounts,
  OpenOutcomesParams,
  QuarantinedLine,
} from '../ports/store-collecting.js'
import type { Fence } from '../ports/store-leases.js'
import { isLive, refOf } from './attempt-table.js'
import { hexOf } from './byte-text.js'
import type { Tables } from './tables.js'

/** See {@link CollectingStore.quarantine}. */
export function quarantine(
  tables: Tables,
  params: Readonly<{
    submissionId: SubmissionId
    remoteId: RemoteId | null
    lines: readonly QuarantinedLine[]
  }>,
): { readonly added: number } {
  tables.checkPage(params.lines)
  const before = tables.quarantine.size
  for (const line of params.lines) {
    const key = `${params.remoteId ?? params.submissionId}\n${hexOf(line.bytes)}`
    if (tables.quarantine.has(key)) continue
    tables.quarantine.set(key, Object.freeze({ ...line, bytes: line.bytes.slice() }))
  }
  return { added: tables.quarantine.size - before }
}

/** See {@link CollectingStore.countAttempts}. */
export function countAttempts(
  tables: Tables,
  params: Readonly<{ submissionId: SubmissionId }>,
): AttemptCounts {
  const outcomes = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
  let total = 0
  for (const attempt of tables.attempts.ofSubmission(params.submissionId)) {
    if (attempt.withdrawn) continue
    total += 1
    outcomes[attempt.outcome ?? 'processing'] += 1
  }
  return { total, outcomes, live: tables.attempts.liveCount(params.submissionId) }
}

/** See {@link CollectingStore.openOutcomes}. */
export function openOutcomes(tables: Tables, params: OpenOutcomesParams): readonly OpenOutcome[] {
  const limit = tables.pageOf(params.limit)
  const attempts = tables.attempts.ofSubmission(params.submissionId)
  const page: OpenOutcome[] = []
  for (let ordinal = params.after + 1; ordinal < attempts.length; ordinal += 1) {
    if (page.length >= limit) break
    const attempt = attempts[ordinal]
    if (attempt === undefined || !isLive(attempt)) continue
    const { request } = tables.requests.need(attempt.requestId)
    page.push({
      ordinal,
      requestId: request.id,
      jobId: request.jobId,
      model: request.model,
      outcome: attempt.outcome,
      usability: attempt.usability,
      errorType: attempt.errorType,
      itemBytes: attempt.itemBytes,
      maxTokens: request.maxTokens,
      bodyReason: tables.bytes.bodies.get(request.bodyId)?.made?.reason ?? null,
      failureCount: request.failureCount,
      expiryCount: request.expiryCount,
      createdAt: request.createdAt,
      deadlineAt: request.deadlineAt,
      cancelRequested: request.cancelRequestedAt !== null,
      ...(params.withAnswers === true ? { answer: lineOf(tables, attempt) } : {}),
    })
  }
  return page
}

function lineOf({ bytes }: Tables, { resultId }: Attempt): Uint8Array | null {
  return (resultId === null ? null : bytes.results.get(resultId))?.bytes.slice() ?? null
}

/** See {@link CollectingStore.markPossiblyPaid}. */
export function markPossiblyPaid(
  tables: Tables,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): { readonly marked: number } {
  const { id, state } = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, submissionResource(id))
  if (state !== 'ended') return { marked: 0 }
  const open = tables.attempts
    .ofSubmission(id)
    .filter(
      ({ outcome, withdrawn, possiblyPaid }) => outcome === null && !withdrawn && !possiblyPaid,
    )
    .slice(0, tables.pageLimit)
  for (const attempt of open) tables.attempts.update(refOf(attempt), { possiblyPaid: true })
  return { marked: open.length }
}

/** See {@link CollectingStore.closeSubmission}. */
export function closeSubmission(
  tables: Tables,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): Submission | null {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, submissionResource(submission.id))
  if (submission.state === 'collected') return submission
  const hasMembers = tables.attempts.liveCount(submission.id) > 0 || submission.reclaimPending
  if (submission.state !== 'ended' || hasMembers) return null
  assertSubmissionMove(submission.state, 'collected')
  const attempts = tables.attempts.ofSubmission(submission.id)
  return tables.submissions.update(submission.id, {
    state: 'collected',
    collectedAt: tables.now(),
    holdNano: ZERO_USD,
    spentNano: useOfAttempts({ state: 'collected' }, attempts).spentNano,
    nextStepAt: null,
  })
}
