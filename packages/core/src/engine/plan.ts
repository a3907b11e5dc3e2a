import type { ProjectId, QueueName } from '../model/ids.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { nonceFrom } from '../policy/custom-id.js'
import { decideFlush } from '../policy/flush.js'
import { holdOf } from '../policy/money/hold.js'
import { avoidCount, packPage, roomOf } from '../policy/pack.js'
import type { WaitingGroup, WaitingRequest } from '../ports/store-planning.js'
import { type EngineContext, tellSubmission } from './context.js'
import type { HeldLease } from './held-lease.js'
import { readPolicy } from './policies.js'
import { takeApart } from './take-apart.js'

interface Planning {
  readonly context: EngineContext
  readonly lease: HeldLease
  readonly project: ProjectId
  readonly queue: QueueName
  readonly policy: QueuePolicy
}

/** What planning a queue did. */
export interface PlanReport {
  readonly sealed: number
  /** When the next waiting requests could become a batch; null when none wait. */
  readonly nextDueAt: EpochMs | null
}

/**
 * Turns a queue's waiting requests into sealed submissions, as its flush rule says.
 *
 * Whoever crashes in between leaves a filling submission, which the next holder of the queue goes on with.
 */
export async function planQueue(
  context: EngineContext,
  lease: HeldLease,
  project: ProjectId,
  queue: QueueName,
): Promise<PlanReport> {
  const policy = await readPolicy(context, project, queue)
  const planning: Planning = { context, lease, project, queue, policy }
  let sealed = 0
  for (;;) {
    const upTo = Math.max(policy.flush.count, policy.maxBatchRequests)
    const facts = await context.store.queueFacts({ project, queue, upTo })
    const now = await context.store.now()
    const group = facts.groups.find((each) => decideFlush(each, policy, now).type === 'flush')
    const filling =
      facts.filling[0] ?? (group === undefined ? undefined : await open(planning, group))
    if (filling === undefined) {
      return { sealed, nextDueAt: nextDue(facts.groups, facts.nextDueAt, policy, now) }
    }
    if (filling.openedAt < context.memory.unsentBefore) {
      await takeApart(context, lease, filling)
      continue
    }
    await fillAndSeal(planning, filling)
    sealed += 1
  }
}

function nextDue(
  groups: readonly WaitingGroup[],
  nextDueAt: EpochMs | null,
  policy: QueuePolicy,
  now: EpochMs,
): EpochMs | null {
  const instants = groups.map((group) => {
    const decision = decideFlush(group, policy, now)
    return decision.type === 'wait' ? decision.until : now
  })
  const all = nextDueAt === null ? instants : [...instants, nextDueAt]
  return all.length === 0 ? null : Math.min(...all)
}

async function open(planning: Planning, group: WaitingGroup): Promise<Submission> {
  const { context, lease, project, queue } = planning
  return await context.store.openSubmission({
    fence: lease.fence,
    project,
    account: group.account,
    queue,
    lane: group.lane,
    batchLimit: group.batchLimit,
    nonce: nonceFrom(context.random.bytes(9)),
    upToId: group.maxId,
  })
}

async function fillAndSeal(planning: Planning, filling: Submission): Promise<void> {
  const { context, lease } = planning
  let submission = filling
  for (;;) {
    await lease.keep()
    const { page, isLast } = await readPage(planning, submission)
    const { picked, full } = packPage({ ...submission, policy: planning.policy }, page)
    const ends = full || isLast
    const members = ends
      ? avoidCount(picked, submission.requestCount, context.memory.takenCounts)
      : picked
    const before = submission.requestCount
    if (members.length > 0) submission = await addMembers(planning, submission, members)
    if (ends || submission.requestCount === before) break
  }
  tellSubmission(
    context,
    await context.store.sealSubmission({ fence: lease.fence, submissionId: submission.id }),
  )
}

async function readPage(
  planning: Planning,
  submission: Submission,
): Promise<{ readonly page: readonly WaitingRequest[]; readonly isLast: boolean }> {
  const room = roomOf({ ...submission, policy: planning.policy }) - submission.requestCount
  const limit = Math.min(planning.context.store.traits.pageLimit, room)
  if (limit <= 0) return { page: [], isLast: true }
  const page = await planning.context.store.readWaiting({
    project: submission.project,
    queue: submission.queue,
    account: submission.account,
    lane: submission.lane,
    batchLimit: submission.batchLimit,
    maxId: submission.upToId,
    limit,
  })
  return { page, isLast: page.length < limit }
}

async function addMembers(
  planning: Planning,
  submission: Submission,
  picked: readonly WaitingRequest[],
): Promise<Submission> {
  const { context, lease } = planning
  const at = context.clock.now()
  const members = picked.map((request) => ({
    requestId: request.id,
    holdNano: holdOf({ ...request, at, book: context.priceBook }),
  }))
  return await context.store.addMembers({
    fence: lease.fence,
    submissionId: submission.id,
    members,
  })
}
