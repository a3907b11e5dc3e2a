import type { JobId } from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import type { OpenOutcome } from '../model/open-outcome.js'
import { type JobBudget, jobBudgetSetting } from '../model/setting-documents.js'
import { cutToRoom } from '../policy/budgets/cut-to-room.js'
import { nonceFrom } from '../policy/custom-id.js'
import { hedgeLane } from '../policy/hedging.js'
import { holdOf } from '../policy/money/hold.js'
import { rescuable } from '../policy/turnaround/rescuable.js'
import { type EngineContext, tell } from './context.js'
import { GroupHolds } from './group-holds.js'
import { type LateBatch, warnLate } from './late-batch.js'
import { ScopeBudgets } from './scope-budgets.js'

interface Hedged extends OpenOutcome {
  readonly holdNano: NanoUsd | null
}

/**
 * Calls open members of a late batch beside it, as far as calls are surely in time and the budget of hedges, and all others, leave room;
 * whichever answers first ends the request. Says what is late all the same.
 */
export async function hedgeMembers(
  context: EngineContext,
  late: LateBatch,
  open: readonly OpenOutcome[],
): Promise<void> {
  const { batch, deadlineAt, now } = late
  const warn = (count: number, why: string): void => {
    warnLate(context, late, count, why)
  }
  const { isSendingStopped, maySend } = context.memory
  if (context.stopping.aborted) return
  if (isSendingStopped || !maySend) return warn(open.length, 'sending is stopped')
  const lane = hedgeLane(batch.lane)
  const holds = new GroupHolds(context, batch)
  const { hold } = await holds.holdOf({ account: batch.account, lane }, now)
  if (hold.type !== 'free') return warn(open.length, 'sending is paused')
  const budgets = new ScopeBudgets(context, batch)
  const look = await budgets.lookForHedges(batch.account)
  if (look === null) return warn(open.length, 'its queue has no budget for hedging')
  const uncapped = await withoutCaps(context, late, open)
  const { callsAtOnce } = context.settings
  const inTime = rescuable(uncapped, { deadlineAt, callsAtOnce, before: 0 }, now)
  const { fitting } = cutToRoom(
    inTime.map((each) => priced(context, each)),
    look.leftNano,
  )
  const opened: Hedged[] = []
  for (const each of fitting) {
    await late.lease.keep()
    const result = await context.store.hedge({
      ...{ fence: late.lease.fence, submissionId: batch.id, ordinal: each.ordinal, lane },
      ...{ nonce: nonceFrom(context.random.bytes(9)), holdNano: each.holdNano },
      budgets: look.budgets,
    })
    // Who changed a budget, or used it up, is seen with the next look.
    if (result.type === 'no_room') break
    if (result.type === 'opened') opened.push(each)
  }
  tellHedged(context, late, opened)
  warn(open.length - uncapped.length, 'their job has a cap')
  warn(uncapped.length - inTime.length, 'calls may not be in time either')
  warn(inTime.length - fitting.length, 'a budget leaves no room for hedging')
}

// Whoever plans a queue counts against the caps of its jobs alone; this worker may be another one.
async function withoutCaps(
  { store }: EngineContext,
  { batch }: LateBatch,
  open: readonly OpenOutcome[],
): Promise<readonly OpenOutcome[]> {
  const capped = new Set<JobId | null>()
  for (const jobId of new Set(open.map((each) => each.jobId))) {
    if (jobId === null) continue
    const stored = await store.getSetting(jobBudgetSetting(batch.project, jobId))
    const document = (stored?.value ?? null) as JobBudget | null
    if (document !== null && document.capNano !== null) capped.add(jobId)
  }
  return open.filter(({ jobId }) => !capped.has(jobId))
}

function priced({ clock, priceBook: book }: EngineContext, member: OpenOutcome): Hedged {
  const at = clock.now()
  return { ...member, holdNano: holdOf({ ...member, at, book, route: 'realtime' }) }
}

// The batch is paid all the same, so all of a call is more.
function tellHedged(
  context: EngineContext,
  { batch: { queue }, deadlineAt }: LateBatch,
  opened: readonly Hedged[],
): void {
  const count = opened.length
  if (count === 0) return
  let extraNano: number | null = 0
  for (const { holdNano } of opened) {
    extraNano = holdNano === null || extraNano === null ? null : extraNano + holdNano
  }
  const event = { type: 'rescued', how: 'hedge', queue, count, deadlineAt } as const
  tell(context, { ...event, extraNano: extraNano as NanoUsd | null })
}
