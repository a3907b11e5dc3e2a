import type { ProjectId, QueueName } from '../model/ids.js'
import { ZERO_USD } from '../model/money.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { FlushByHand } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import { type EpochMs, earliest, MINUTE_MS } from '../model/time.js'
import { nonceFrom } from '../policy/custom-id.js'
import { decideFlush, flushDueAt, isScheduled } from '../policy/flush.js'
import { avoidCount, packPage } from '../policy/pack.js'
import { policyIn } from '../policy/turnaround/policy-in.js'
import type { WaitingGroup } from '../ports/store-planning.js'
import { type EngineContext, tellSubmission } from './context.js'
import { DeadlineTimes } from './deadline-times.js'
import { GroupHolds } from './group-holds.js'
import type { HeldLease } from './held-lease.js'
import { JobBudgets, type PricedRequest } from './job-budgets.js'
import { limitedPolicy } from './limited-policy.js'
import { roomInLine } from './line-shares.js'
import { type PlanPage, readPage } from './plan-page.js'
import { readFlushByHand, readPolicy } from './policies.js'
import { type BudgetLook, ScopeBudgets } from './scope-budgets.js'
import { takeApart } from './take-apart.js'
import {
  earliestOf,
  inOrder,
  isCall,
  kindOf,
  scopeOf,
  sharersOf,
  type TimedGroup,
} from './timed-group.js'

// Batches that are sealed before any is sent, and at least so many for each send at the same time. Whoever plans a long
// queue to its end sends nothing meanwhile; who plans too few leaves nothing to the others, since one plans at a time.
const SEALED_AT_ONCE = 8
const SEALED_FOR_EACH_SEND = 2

// A pause by hand has no end that could be waited for.
const LOOK_AGAIN_MS = MINUTE_MS

interface Planning {
  readonly context: EngineContext
  readonly lease: HeldLease
  readonly project: ProjectId
  readonly queue: QueueName
  readonly policy: QueuePolicy
  readonly flushByHand: FlushByHand | null
  readonly budgets: JobBudgets
  readonly scopes: ScopeBudgets
  readonly deadlines: DeadlineTimes
}

/** What planning a queue did. */
export interface PlanReport {
  readonly sealed: number
  /** When the next waiting requests could become a batch; null when none wait. */
  readonly nextDueAt: EpochMs | null
}

/**
 * Turns a queue's waiting requests into sealed submissions, as its flush rule says: a few at a time, since whoever plans
 * does not send.
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
  const enough = Math.max(SEALED_AT_ONCE, SEALED_FOR_EACH_SEND * context.settings.concurrency)
  const flushByHand = await readFlushByHand(context, project, queue)
  const budgets = new JobBudgets(context, { project, queue })
  await budgets.recall()
  const scopes = new ScopeBudgets(context, { project, queue })
  const place = { context, lease, project, queue }
  const deadlines = new DeadlineTimes(context, { project, queue, policy })
  const planning: Planning = { ...place, policy, flushByHand, budgets, scopes, deadlines }
  let sealed = 0
  const probed = new Set<string>()
  const held = new Map<string, TimedGroup>()
  for (;;) {
    const upTo = upToOf(policy)
    const except = budgets.stopped
    const facts = await context.store.queueFacts({ project, queue, upTo, except })
    const now = await context.store.now()
    if (sealed >= enough) return { sealed, nextDueAt: now }
    const timed = await withTheirTime(planning, facts.groups, now)
    const groups = inOrder(timed.map((each) => held.get(kindOf(each.group)) ?? each))
    // What a restored store would send may have been sent in the life that it lost.
    const isStopping = context.stopping.aborted
    const mayOpen = !context.memory.isSendingStopped && !isStopping
    const next = groups.find(
      ({ dueAt, group }) => mayOpen && dueAt <= now && !probed.has(scopeOf(group)),
    )
    const isProbe = facts.filling.length === 0 && next?.isProbe === true
    // A pause is probed with a single request: it is real work if it is taken, and little is uploaded if not.
    const filler = fillerOf(planning, facts.filling[0] ?? next?.group, isProbe)
    const begun =
      begunOf(facts.filling[0], facts.groups) ?? (await begin(filler, next?.group, groups, now))
    // Of some jobs nothing fits under their caps, but without them there may be a group that is due.
    if (begun === 'stopped') continue
    if (begun !== null && 'waits' in begun) {
      for (const each of begun.waits) held.set(kindOf(each.group), each)
      continue
    }
    if (begun === null || isStopping) {
      const lookAt = await budgets.tellStops(now)
      return { sealed, nextDueAt: earliest(lookAt, earliestOf(groups, facts.nextDueAt)) }
    }
    const { openedAt } = begun.filling
    if (openedAt < context.memory.unsentBefore || context.memory.isSendingStopped) {
      await takeApart(context, lease, begun.filling)
      continue
    }
    if (isProbe) probed.add(scopeOf(next.group))
    if (await fillAndSeal(filler, begun)) sealed += 1
    // Somebody else was faster under a budget of both, or has changed it.
    else if (next !== undefined) {
      held.set(kindOf(next.group), { ...next, dueAt: now + context.settings.idleMs })
    }
  }
}

// A probe is one request, and so is a call.
function fillerOf(
  planning: Planning,
  of: Pick<Submission, 'lane'> | undefined,
  isProbe: boolean,
): Planning {
  const { policy } = planning
  if (isProbe || isCall(of)) return { ...planning, policy: { ...policy, maxBatchRequests: 1 } }
  return of === undefined ? planning : { ...planning, policy: policyIn(of.lane, policy) }
}

function upToOf(policy: QueuePolicy): number {
  return Math.max(policy.flush.count ?? 0, policy.maxBatchRequests)
}

// While sending is held back nothing is sealed, so that what waits can be canceled, and goes in large batches later.
async function withTheirTime(
  { context, project, queue, policy, flushByHand, deadlines }: Planning,
  groups: readonly WaitingGroup[],
  now: EpochMs,
): Promise<readonly TimedGroup[]> {
  const timed: TimedGroup[] = []
  const holds = new GroupHolds(context, { project, queue })
  for (const group of groups) {
    const { hold, restsUntil } = await holds.holdOf(group, now)
    const nextSlotAt = nextSlotOf(context, policy, group)
    const flush = decideFlush({ ...group, nextSlotAt }, policyIn(group.lane, policy), now)
    const byRule = isCall(group) ? now : flushDueAt(flush, group, flushByHand, now)
    const flushAt = byRule <= now ? now : Math.min(byRule, await deadlines.sendBy(group, now))
    const heldUntil = hold.type === 'held' ? (hold.until ?? now + LOOK_AGAIN_MS) : now
    const dueAt = Math.max(flushAt, heldUntil, restsUntil ?? now)
    timed.push({ group, dueAt, isProbe: hold.type === 'probe' })
  }
  return timed
}

function nextSlotOf(
  { calendar }: EngineContext,
  { flush }: QueuePolicy,
  { oldestCreatedAt }: WaitingGroup,
): EpochMs | null {
  return isScheduled(flush) ? calendar.nextSlotAt({ ...flush, after: oldestCreatedAt }) : null
}

/** A submission that is being filled, and what could join it first; null where that was not read yet. */
interface Begun {
  readonly filling: Submission
  readonly first: PlanPage | null
  readonly look: BudgetLook | null
  /** How many of its requests may be in line at the provider; null where that was not asked yet. */
  readonly room: number | null
  /** How many wait that could join it. */
  readonly waiting: number
}

function begunOf(filling: Submission | undefined, groups: readonly WaitingGroup[]): Begun | null {
  if (filling === undefined) return null
  const waiting = groups.find((group) => kindOf(group) === kindOf(filling))?.count ?? 0
  return { filling, first: null, look: null, room: null, waiting }
}

// What could join is read before there is something to join: else each look at jobs that wait for their caps would
// leave an empty submission behind.
async function begin(
  planning: Planning,
  group: WaitingGroup | undefined,
  groups: readonly TimedGroup[],
  now: EpochMs,
): Promise<Begun | { readonly waits: readonly TimedGroup[] } | 'stopped' | null> {
  if (group === undefined) return null
  const { scopes, budgets } = planning
  const waitsUntil = await scopes.recalled(group, now)
  if (waitsUntil !== null) return { waits: [{ group, dueAt: waitsUntil, isProbe: false }] }
  const look = await scopes.look(group.account)
  // Its groups stand in line as one queue, and one answer is that of all of them.
  const inLine = isCall(group) ? [group] : sharersOf(group, groups, now)
  const count = inLine.reduce((sum, each) => sum + each.count, 0)
  const line = await roomInLine(planning.context, planning, { ...group, count })
  if ('until' in line) {
    return { waits: inLine.map((each) => ({ group: each, dueAt: line.until, isProbe: false })) }
  }
  const place = { ...group, upToId: group.maxId, requestCount: 0, holdNano: ZERO_USD }
  const first = await readPage(planning, place, look)
  budgets.leaveOut(first.unfit)
  if (first.unfit.size > 0) return 'stopped'
  if (first.neededNano !== undefined && first.admitted.length === 0) {
    const dueAt = await scopes.stop(group, look, first.neededNano, now)
    return { waits: [{ group, dueAt, isProbe: false }] }
  }
  if (first.stopped.size > 0 || first.neededNano !== undefined) {
    // What is under way makes room for more; where nothing is, no larger batch will ever fit.
    const grows = first.neededNano === undefined || look.caps.some(({ use }) => use.heldNano > 0)
    const waits = await timeOfSendable(planning, { group, first, now })
    if (grows && waits.dueAt > now) return { waits: [waits] }
  }
  return {
    filling: await open(planning, group),
    first,
    look,
    room: line.room,
    waiting: group.count,
  }
}

// The facts of a group count what waits for a cap too, which is no reason to send what stands beside it in a small batch.
async function timeOfSendable(
  planning: Planning,
  of: { readonly group: WaitingGroup; readonly first: PlanPage; readonly now: EpochMs },
): Promise<TimedGroup> {
  const { context, project, queue, policy, budgets } = planning
  const { group, first, now } = of
  if (first.neededNano !== undefined) {
    const bytes = first.admitted.reduce((sum, { itemBytes }) => sum + itemBytes, 0)
    const fitting = { ...group, bytes, count: first.admitted.length }
    return (await withTheirTime(planning, [fitting], now))[0] as TimedGroup
  }
  const { groups } = await context.store.queueFacts({
    ...{ project, queue, upTo: upToOf(policy) },
    except: [...budgets.stopped, ...first.stopped.keys()],
  })
  const others = groups.find((each) => kindOf(each) === kindOf(group))
  const joining = first.admitted.filter(({ jobId }) => jobId !== null && first.stopped.has(jobId))
  const bytes = joining.reduce((sum, { itemBytes }) => sum + itemBytes, others?.bytes ?? 0)
  const sendable = { ...group, bytes, count: joining.length + (others?.count ?? 0) }
  const [timed] = await withTheirTime(planning, [sendable], now)
  return timed as TimedGroup
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

// Answers false, and puts everything back to waiting, when its budgets leave no room for it any more.
async function fillAndSeal(planning: Planning, begun: Begun): Promise<boolean> {
  const { filling, first } = begun
  const { context, lease } = planning
  let submission = filling
  let page = first
  const policy = await limitedPolicy(planning, begun)
  const look = begun.look ?? (await planning.scopes.look(filling.account))
  for (;;) {
    await lease.keep()
    page ??= await readPage({ ...planning, policy }, submission, look)
    const { picked, full } = packPage({ ...submission, policy }, page.admitted)
    const ends = full || page.isLast || page.neededNano !== undefined
    const members = ends
      ? avoidCount(picked, submission.requestCount, context.memory.takenCounts)
      : picked
    const before = submission.requestCount
    if (members.length > 0) submission = await addMembers(planning, submission, members)
    // Of a page that is cut, the rest still fits under its caps, and goes into the next batch.
    const isWhole = page.neededNano === undefined && members.length === page.admitted.length
    if (isWhole) planning.budgets.leaveOut(page.stopped)
    // A page of which some wait for their caps may have left others out.
    const goesOn = submission.requestCount > before || page.stopped.size > 0
    if (ends || !goesOn) break
    page = null
  }
  const { budgets } = look
  const { fence } = lease
  const sealed = await context.store.sealSubmission({ fence, submissionId: filling.id, budgets })
  if (sealed.state === 'filling') {
    await takeApart(context, lease, sealed)
    return false
  }
  tellSubmission(context, sealed)
  return true
}

async function addMembers(
  { context, lease, budgets }: Planning,
  submission: Submission,
  picked: readonly PricedRequest[],
): Promise<Submission> {
  const members = picked.map(({ id: requestId, holdNano }) => ({ requestId, holdNano }))
  budgets.note(picked)
  return await context.store.addMembers({
    fence: lease.fence,
    submissionId: submission.id,
    members,
  })
}
