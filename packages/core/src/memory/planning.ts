import type { SealBudget } from '../model/budget.js'
import type { AccountId, JobId, Nonce, ProjectId, QueueName, SubmissionId } from '../model/ids.js'
import { type NanoUsd, ZERO_USD } from '../model/money.js'
import type { Request } from '../model/request.js'
import { queueResource } from '../model/resource.js'
import { NEW_SUBMISSION, type Submission } from '../model/submission.js'
import { assertRequestMove, assertSubmissionMove } from '../policy/transition.js'
import type { Fence } from '../ports/store-leases.js'
import type {
  NewMember,
  QueueFacts,
  WaitingGroup,
  WaitingRequest,
} from '../ports/store-planning.js'
import { fitsBudgets } from './budget-use.js'
import { isPlannable } from './stored-request.js'
import type { Tables } from './tables.js'
import type { WaitingRows } from './waiting-index.js'

/** See {@link PlanningStore.queueFacts}. */
export function queueFacts(
  tables: Tables,
  params: Readonly<{
    project: ProjectId
    queue: QueueName
    upTo: number
    except?: readonly JobId[] | undefined
  }>,
): QueueFacts {
  const now = tables.now()
  const except = new Set<JobId | null>(params.except ?? [])
  const groups: WaitingGroup[] = []
  let nextDueAt: number | null = null
  for (const rows of tables.requests.waiting.groupsOf(params.project, params.queue)) {
    const { group, laterAt } = groupFacts(rows, { upTo: params.upTo, except, now })
    if (group !== null) groups.push(group)
    if (laterAt !== null) nextDueAt = Math.min(laterAt, nextDueAt ?? laterAt)
  }
  const filling = [...tables.submissions.filling]
    .map((id) => tables.submissions.need(id))
    .filter((each) => each.project === params.project && each.queue === params.queue)
  return { groups, nextDueAt, filling }
}

function groupFacts(
  rows: WaitingRows,
  { upTo, except, now }: { upTo: number; except: ReadonlySet<JobId | null>; now: number },
): { readonly group: WaitingGroup | null; readonly laterAt: number | null } {
  const due = { count: 0, bytes: 0, oldestCreatedAt: Number.POSITIVE_INFINITY, maxId: 0 }
  let laterAt: number | null = null
  for (const { request } of rows.rows.values()) {
    if (except.has(request.jobId)) continue
    if (request.notBefore > now) {
      laterAt = Math.min(request.notBefore, laterAt ?? request.notBefore)
      continue
    }
    due.oldestCreatedAt = Math.min(due.oldestCreatedAt, request.createdAt)
    due.maxId = Math.max(due.maxId, request.id)
    if (due.count < upTo) {
      due.count += 1
      due.bytes += request.itemBytes
    }
  }
  return { group: due.count === 0 ? null : { ...rows.key, ...due }, laterAt }
}

/** See {@link PlanningStore.readWaiting}. */
export function readWaiting(
  tables: Tables,
  params: Readonly<{
    project: ProjectId
    queue: QueueName
    account: AccountId
    lane: string
    batchLimit: number | null
    maxId: number
    limit: number
    except?: readonly JobId[] | undefined
  }>,
): readonly WaitingRequest[] {
  const now = tables.now()
  const except = new Set<JobId | null>(params.except ?? [])
  const limit = tables.pageOf(params.limit)
  const page: WaitingRequest[] = []
  const group = tables.requests.waiting.group(params.project, params.queue, params)
  for (const { request } of group?.inWireOrder() ?? []) {
    if (page.length >= limit) break
    if (request.notBefore > now || request.id > params.maxId) continue
    if (except.has(request.jobId)) continue
    const { id, jobId, model, itemBytes, maxTokens } = request
    page.push({ id, jobId, model, itemBytes, maxTokens })
  }
  return page
}

/** See {@link PlanningStore.openSubmission}. */
export function openSubmission(
  tables: Tables,
  params: Readonly<{
    fence: Fence
    project: ProjectId
    account: AccountId
    queue: QueueName
    lane: string
    batchLimit: number | null
    nonce: Nonce
    upToId: number
  }>,
): Submission {
  const { fence, ...chosen } = params
  tables.checkFence(fence, queueResource(params.project, params.queue))
  const there = tables.submissions.byNonce(params.nonce)
  if (there !== undefined) return there
  return tables.submissions.insert({
    ...NEW_SUBMISSION,
    ...chosen,
    id: tables.nextId<SubmissionId>(),
    openedAt: tables.now(),
  })
}

/** See {@link PlanningStore.addMembers}. */
export function addMembers(
  tables: Tables,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId; members: readonly NewMember[] }>,
): Submission {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, queueResource(submission.project, submission.queue))
  tables.checkPage(params.members)
  if (submission.state !== 'filling') return submission
  let { requestCount, itemsBytes } = submission
  let holdNano: number = submission.holdNano
  for (const member of params.members) {
    const row = tables.requests.get(member.requestId)
    if (row === undefined || !isPlannable(row) || !fits(row.request, submission)) continue
    assertRequestMove(row.request.state, 'assigned')
    addMember(tables, submission, row.request, member.holdNano)
    requestCount += 1
    itemsBytes += row.request.itemBytes
    holdNano += member.holdNano ?? 0
  }
  return tables.submissions.update(submission.id, {
    requestCount,
    itemsBytes,
    holdNano: holdNano as NanoUsd,
  })
}

function fits(request: Request, submission: Submission): boolean {
  return (
    request.project === submission.project &&
    request.queue === submission.queue &&
    request.account === submission.account &&
    request.lane === submission.lane &&
    request.batchLimit === submission.batchLimit
  )
}

/** Makes a request the last member of a submission that is still to be sent. */
export function addMember(
  tables: Tables,
  submission: Submission,
  request: Request,
  holdNano: NanoUsd | null,
): void {
  const number = request.attemptCount + 1
  tables.requests.update(request.id, { state: 'assigned', attemptCount: number })
  tables.attempts.insert({
    submissionId: submission.id,
    ordinal: tables.attempts.ofSubmission(submission.id).length,
    requestId: request.id,
    project: request.project,
    number,
    bodyId: request.bodyId,
    itemBytes: request.itemBytes,
    holdNano,
    outcome: null,
    usability: null,
    errorType: null,
    usage: null,
    costNano: null,
    realtimeNano: null,
    resultId: null,
    settledAt: null,
    releasedAt: null,
    withdrawn: false,
    possiblyPaid: false,
    waste: false,
  })
}

/** See {@link PlanningStore.sealSubmission}. */
export function sealSubmission(
  tables: Tables,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    budgets?: readonly SealBudget[] | undefined
  }>,
): Submission {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, queueResource(submission.project, submission.queue))
  if (submission.state !== 'filling') return submission
  if (submission.requestCount === 0) return dissolveEmpty(tables, submission)
  if (!fitsBudgets(tables, submission, params.budgets ?? [])) return submission
  assertSubmissionMove(submission.state, 'sealed')
  const now = tables.now()
  return tables.submissions.update(submission.id, {
    state: 'sealed',
    sealedAt: now,
    nextStepAt: now,
  })
}

/** Ends a submission that nobody is in any more. */
export function dissolveEmpty(tables: Tables, submission: Submission): Submission {
  assertSubmissionMove(submission.state, 'dissolved')
  return tables.submissions.update(submission.id, {
    state: 'dissolved',
    holdNano: ZERO_USD,
    nextStepAt: null,
  })
}
