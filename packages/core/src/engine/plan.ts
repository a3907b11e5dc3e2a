import type { ProjectId, QueueName } from '../model/ids.js'
import { ZERO_USD } from '../model/money.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { FlushByHand } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import { type EpochMs, earliest, MINUTE_MS } from '../model/time.js'
import { nonceFrom } from '../policy/custom-id.js'
import { decideFlush, flushDueAt, isScheduled } from '../policy/flush.js'
import { policyIn } from '../policy/turnaround/policy-in.js'
import type { WaitingGroup } from '../ports/store-planning.js'
import type { EngineContext } from './context.js'
import { DeadlineTimes } from './deadline-times.js'
import { type Begun, type FillPlanning, fillAndSeal } from './fill-batch.js'
import { FirstRequests } from './first-requests.js'
import { GroupHolds } from './group-holds.js'
import type { PlannedGroup } from './held-jobs.js'
import type { HeldLease } from './held-lease.js'
import { JobBudgets } from './job-budgets.js'
import { JobCanaries } from './job-canaries.js'
import { JobPrimers } from './job-primers.js'
import { letLateGo } from './let-late-go.js'
import { roomInLine } from './line-shares.js'
import { type PlanPage, readPage } from './plan-page.js'
import { readFlushByHand, readPolicy } from './policies.js'
import { Rescues } from './rescues.js'
import { ScopeBudgets } from './scope-budgets.js'
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

interface Planning extends FillPlanning {
  readonly flushByHand: FlushByHand | null
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
  const planning = await beginPlanning(context, lease, { project, queue })
  const { policy, budgets, canaries } = planning
  const enough = Math.max(SEALED_AT_ONCE, SEALED_FOR_EACH_SEND * context.settings.concurrency)
  const rescues = new Rescues(planning)
  let sealed = 0
  const probed = new Set<string>()
  const held = new Map<string, TimedGroup>()
  for (;;) {
    const except = [...budgets.stopped, ...canaries.held]
    const facts = await rescues.facts({ upTo: upToOf(policy), except })
    const now = await context.store.now()
    if (sealed >= enough) return { sealed, nextDueAt: now }
    const planned = [...canaries.groups(budgets.stopped), ...facts.groups]
    const timed = await withTheirTime(planning, planned, now)
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
      const dueAt = earliestOf(groups, facts.nextDueAt)
      return { sealed, nextDueAt: earliest(lookAt, canaries.lookAt, dueAt) }
    }
    const { openedAt } = begun.filling
    const isOld = openedAt < context.memory.unsentBefore || context.memory.isSendingStopped
    // What somebody left behind may be half a canary, which shares its batch with nothing else.
    if (isOld || (begun.first === null && canaries.isOn)) {
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

async function beginPlanning(
  context: EngineContext,
  lease: HeldLease,
  { project, queue }: Pick<Planning, 'project' | 'queue'>,
): Promise<Planning> {
  const policy = await readPolicy(context, project, queue)
  const flushByHand = await readFlushByHand(context, project, queue)
  const budgets = new JobBudgets(context, { project, queue })
  await budgets.recall()
  const scopes = new ScopeBudgets(context, { project, queue })
  const place = { context, lease, project, queue }
  const deadlines = new DeadlineTimes(context, { project, queue, policy })
  const firstOf = { project, queue, policy, deadlines }
  const canaries = new FirstRequests({
    canaries: new JobCanaries(context, firstOf),
    primers: new JobPrimers(context, firstOf),
  })
  await canaries.recall()
  const byHand = latestFlush(flushByHand, canaries.wentOn)
  const holds = { budgets, canaries, scopes, deadlines }
  const planning: Planning = { ...place, policy, flushByHand: byHand, ...holds }
  await letLateGo(planning, upToOf(policy))
  return planning
}

// A probe is one request, and so is a call.
function fillerOf(
  planning: Planning,
  of: (Pick<Submission, 'lane'> & Pick<PlannedGroup, 'canary'>) | undefined,
  isProbe: boolean,
): Planning {
  const { policy } = planning
  const canary = of?.canary
  if (isProbe || isCall(of)) {
    return { ...planning, canary, policy: { ...policy, maxBatchRequests: 1 } }
  }
  return of === undefined ? planning : { ...planning, canary, policy: policyIn(of.lane, policy) }
}

function latestFlush(byHand: FlushByHand | null, upTo: EpochMs | null): FlushByHand | null {
  return upTo === null ? byHand : { upTo: Math.max(upTo, byHand?.upTo ?? 0) }
}

function upToOf(policy: QueuePolicy): number {
  return Math.max(policy.flush.count ?? 0, policy.maxBatchRequests)
}

// While sending is held back nothing is sealed, so that what waits can be canceled, and goes in large batches later.
async function withTheirTime(
  { context, project, queue, policy, flushByHand, deadlines }: Planning,
  groups: readonly PlannedGroup[],
  now: EpochMs,
): Promise<readonly TimedGroup[]> {
  const timed: TimedGroup[] = []
  const holds = new GroupHolds(context, { project, queue })
  for (const group of groups) {
    const { hold, restsUntil } = await holds.holdOf(group, now)
    const nextSlotAt = nextSlotOf(context, policy, group)
    const flush = decideFlush({ ...group, nextSlotAt }, policyIn(group.lane, policy), now)
    // A canary is chosen of what is due, and what waits for it is too.
    const isDue = isCall(group) || group.canary !== undefined
    const byRule = isDue ? now : flushDueAt(flush, group, flushByHand, now)
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

function begunOf(filling: Submission | undefined, groups: readonly WaitingGroup[]): Begun | null {
  if (filling === undefined) return null
  const waiting = groups.find((group) => kindOf(group) === kindOf(filling))?.count ?? 0
  return { filling, first: null, look: null, room: null, waiting }
}

// What could join is read before there is something to join: else each look at jobs that wait for their caps would
// leave an empty submission behind.
async function begin(
  planning: Planning,
  group: PlannedGroup | undefined,
  groups: readonly TimedGroup[],
  now: EpochMs,
): Promise<Begun | { readonly waits: readonly TimedGroup[] } | 'stopped' | null> {
  if (group === undefined) return null
  const { scopes, budgets, canaries } = planning
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
  const held = canaries.held.length
  const first = await readPage(planning, place, look)
  if (canaries.held.length > held) return 'stopped'
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
  of: { readonly group: PlannedGroup; readonly first: PlanPage; readonly now: EpochMs },
): Promise<TimedGroup> {
  const { context, project, queue, policy, budgets, canaries } = planning
  const { group, first, now } = of
  if (first.neededNano !== undefined) {
    const bytes = first.admitted.reduce((sum, { itemBytes }) => sum + itemBytes, 0)
    const fitting = { ...group, bytes, count: first.admitted.length }
    return (await withTheirTime(planning, [fitting], now))[0] as TimedGroup
  }
  const { groups } = await context.store.queueFacts({
    ...{ project, queue, upTo: upToOf(policy) },
    except: [...budgets.stopped, ...canaries.held, ...first.stopped.keys()],
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
