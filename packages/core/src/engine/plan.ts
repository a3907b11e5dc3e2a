import { InvariantError } from '../errors.js'
import type { ProjectId, QueueName } from '../model/ids.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { FlushByHand } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import { type EpochMs, earliest, MINUTE_MS } from '../model/time.js'
import type { Admission } from '../policy/budget.js'
import { nonceFrom } from '../policy/custom-id.js'
import { decideFlush, flushDueAt, isScheduled } from '../policy/flush.js'
import { avoidCount, packPage, roomOf } from '../policy/pack.js'
import { sendHoldOf } from '../policy/pausing.js'
import { laneHoldOf } from '../policy/retry/poison.js'
import type { WaitingGroup } from '../ports/store-planning.js'
import { type EngineContext, tellSubmission } from './context.js'
import type { HeldLease } from './held-lease.js'
import { JobBudgets, type PricedRequest } from './job-budgets.js'
import { readPauses } from './pauses.js'
import { readIncident } from './poison-state.js'
import { readFlushByHand, readPolicy } from './policies.js'
import { takeApart } from './take-apart.js'

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
  const planning: Planning = { context, lease, project, queue, policy, flushByHand, budgets }
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
    const groups = timed.map((each) => held.get(kindOf(each.group)) ?? each)
    // What a restored store would send may have been sent in the life that it lost.
    const isStopping = context.stopping.aborted
    const mayOpen = !context.memory.isSendingStopped && !isStopping
    const next = groups.find(
      ({ dueAt, group }) => mayOpen && dueAt <= now && !probed.has(scopeOf(group)),
    )
    const isProbe = facts.filling.length === 0 && next?.isProbe === true
    // A pause is probed with a single request: it is real work if it is taken, and little is uploaded if not.
    const filler = isProbe ? { ...planning, policy: { ...policy, maxBatchRequests: 1 } } : planning
    const begun = begunOf(facts.filling[0]) ?? (await begin(filler, next?.group, now))
    // Of some jobs nothing fits under their caps, but without them there may be a group that is due.
    if (begun === 'stopped') continue
    if (begun !== null && 'waits' in begun) {
      held.set(kindOf(begun.waits.group), begun.waits)
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
    await fillAndSeal(filler, begun)
    sealed += 1
  }
}

function upToOf(policy: QueuePolicy): number {
  return Math.max(policy.flush.count ?? 0, policy.maxBatchRequests)
}

interface TimedGroup {
  readonly group: WaitingGroup
  /** When it may become a batch, by the flush rule and by what holds sending back. */
  readonly dueAt: EpochMs
  readonly isProbe: boolean
}

// While sending is held back nothing is sealed, so that what waits can be canceled, and goes in large batches later.
async function withTheirTime(
  { context, project, queue, policy, flushByHand }: Planning,
  groups: readonly WaitingGroup[],
  now: EpochMs,
): Promise<readonly TimedGroup[]> {
  const timed: TimedGroup[] = []
  for (const group of groups) {
    const documents = await readPauses(context, { account: group.account, project, queue })
    const hold = sendHoldOf(documents, { lane: group.lane, submissionId: null }, now)
    const nextSlotAt = nextSlotOf(context, policy, group)
    const flush = decideFlush({ ...group, nextSlotAt }, policy, now)
    const flushAt = flushDueAt(flush, group, flushByHand, now)
    const heldUntil = hold.type === 'held' ? (hold.until ?? now + LOOK_AGAIN_MS) : now
    const restsUntil = laneHoldOf(await readIncident(context, group), now)?.until ?? now
    const dueAt = Math.max(flushAt, heldUntil, restsUntil)
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

function scopeOf({ account, lane }: WaitingGroup): string {
  return `${account} ${lane}`
}

function kindOf(group: WaitingGroup): string {
  return `${scopeOf(group)} ${group.batchLimit}`
}

function earliestOf(groups: readonly TimedGroup[], nextDueAt: EpochMs | null): EpochMs | null {
  const instants = groups.map(({ dueAt }) => dueAt)
  const all = nextDueAt === null ? instants : [...instants, nextDueAt]
  return all.length === 0 ? null : Math.min(...all)
}

/** A submission that is being filled, and what could join it first; null where that was not read yet. */
interface Begun {
  readonly filling: Submission
  readonly first: Page | null
}

function begunOf(filling: Submission | undefined): Begun | null {
  return filling === undefined ? null : { filling, first: null }
}

// What could join is read before there is something to join: else each look at jobs that wait for their caps would
// leave an empty submission behind.
async function begin(
  planning: Planning,
  group: WaitingGroup | undefined,
  now: EpochMs,
): Promise<Begun | { readonly waits: TimedGroup } | 'stopped' | null> {
  if (group === undefined) return null
  const first = await readPage(planning, { ...group, upToId: group.maxId, requestCount: 0 })
  const { admitted, stopped } = first
  if (stopped.size > 0) {
    const joining = new Set(admitted.map(({ jobId }) => jobId))
    const unfit = [...stopped].filter(([jobId]) => !joining.has(jobId))
    planning.budgets.leaveOut(new Map(unfit))
    if (unfit.length > 0) return 'stopped'
    const waits = await timeOfSendable(planning, { group, first, now })
    if (waits.dueAt > now) return { waits }
  }
  return { filling: await open(planning, group), first }
}

// The facts of a group count what waits for a cap too, which is no reason to send what stands beside it in a small batch.
async function timeOfSendable(
  planning: Planning,
  of: { readonly group: WaitingGroup; readonly first: Page; readonly now: EpochMs },
): Promise<TimedGroup> {
  const { context, project, queue, policy, budgets } = planning
  const { group, first, now } = of
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

async function fillAndSeal(planning: Planning, { filling, first }: Begun): Promise<void> {
  const { context, lease } = planning
  let submission = filling
  let page = first
  const policy = await policyFor(planning, filling)
  for (;;) {
    await lease.keep()
    page ??= await readPage({ ...planning, policy }, submission)
    const { picked, full } = packPage({ ...submission, policy }, page.admitted)
    const ends = full || page.isLast
    const members = ends
      ? avoidCount(picked, submission.requestCount, context.memory.takenCounts)
      : picked
    const before = submission.requestCount
    if (members.length > 0) submission = await addMembers(planning, submission, members)
    // Of a page that is cut, the rest still fits under its caps, and goes into the next batch.
    if (members.length === page.admitted.length) planning.budgets.leaveOut(page.stopped)
    // A page of which some wait for their caps may have left others out.
    const goesOn = submission.requestCount > before || page.stopped.size > 0
    if (ends || !goesOn) break
    page = null
  }
  tellSubmission(
    context,
    await context.store.sealSubmission({ fence: lease.fence, submissionId: submission.id }),
  )
}

// The provider may take less than the policy says, and have said so.
async function policyFor({ context, policy }: Planning, filling: Submission): Promise<QueuePolicy> {
  const maxBytes = (await readIncident(context, filling))?.maxBytes ?? null
  if (maxBytes === null) return policy
  return { ...policy, maxBatchBytes: Math.min(policy.maxBatchBytes, maxBytes) }
}

interface Page {
  readonly admitted: readonly PricedRequest[]
  /** Jobs of which a request does not fit under the cap. */
  readonly stopped: Admission<PricedRequest>['stopped']
  /** No other request can join behind these. */
  readonly isLast: boolean
}

async function readPage(
  { context, project, queue, policy, budgets }: Planning,
  place: Pick<Submission, 'account' | 'lane' | 'batchLimit' | 'upToId' | 'requestCount'>,
): Promise<Page> {
  const { account, lane, batchLimit, upToId, requestCount } = place
  const room = roomOf({ batchLimit, policy }) - requestCount
  const limit = Math.min(context.store.traits.pageLimit, room)
  if (limit <= 0) return { admitted: [], stopped: new Map(), isLast: true }
  const except = budgets.stopped
  const page = await context.store.readWaiting({
    ...{ project, queue, account, lane, batchLimit, limit },
    maxId: upToId,
    except,
  })
  // A store that leaves nobody out would be asked again without end.
  const other = page.find(({ jobId }) => jobId !== null && except.includes(jobId))
  if (other !== undefined) {
    throw new InvariantError(
      `readWaiting answered request ${other.id} of job ${other.jobId}, which \`except\` names.`,
    )
  }
  return { ...(await budgets.admit(page)), isLast: page.length < limit }
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
