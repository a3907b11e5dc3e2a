import type { AccountLimits, LineDemand, LineDemands } from '../model/account-limits.js'
import type { AccountId, ProjectId, QueueName } from '../model/ids.js'
import { accountLimitsSetting, lineDemandsSetting } from '../model/setting-documents.js'
import { type EpochMs, MINUTE_MS } from '../model/time.js'
import { type QueueCount, shareOf } from '../policy/line/fair-share.js'
import { IN_LINE, lineOf } from '../policy/line/line-of.js'
import { routeOf } from '../policy/routing/route-of.js'
import type { WaitingGroup } from '../ports/store-planning.js'
import type { EngineContext } from './context.js'
import { everySubmission } from './submissions.js'

const LOOK_AGAIN_MS = MINUTE_MS
// Each look says it again; whoever is paused or gone stops being waited for.
const DEMAND_MS = 5 * MINUTE_MS
const MOST_TRIES = 8

/** How much of a group may be put in line now: a number of requests, or nothing before `until`. */
export type LineRoom = { readonly room: number } | { readonly until: EpochMs }

const ALL: LineRoom = { room: Number.POSITIVE_INFINITY }

/**
 * Asks how many of a queue's waiting requests may be put in line at the provider, where somebody said how long that line may be;
 * and notes who has to wait, for all planners to see.
 *
 * Two that plan at the same time may both take what is free. Then the provider refuses one of them, as if nobody had counted.
 */
export async function roomInLine(
  context: EngineContext,
  place: { readonly project: ProjectId; readonly queue: QueueName },
  group: Pick<WaitingGroup, 'account' | 'count' | 'lane'>,
): Promise<LineRoom> {
  const { store } = context
  const { account, lane, count } = group
  if (routeOf({ lane }).route === 'realtime') return ALL
  const limits = (await store.getSetting(accountLimitsSetting(account)))?.value as
    | AccountLimits
    | undefined
  const limit = limits?.enqueuedRequests ?? null
  if (limit === null) return ALL
  const asks: QueueCount = { ...place, count }
  const submissions = await everySubmission(context, { account, states: IN_LINE })
  const inLine = lineOf(submissions, await store.now())
  let answer: LineRoom = ALL
  await changeDemands(context, account, (demands, now) => {
    const { room } = shareOf({ limit, inLine, demands, asks }, now)
    answer = room > 0 ? { room } : { until: now + LOOK_AGAIN_MS }
    return withDemand(demands, asks, { wants: count - room, now })
  })
  return answer
}

// Null where it is as it was, so that a line which is long enough costs no write.
function withDemand(
  demands: readonly LineDemand[],
  { project, queue }: QueueCount,
  { wants, now }: { readonly wants: number; readonly now: EpochMs },
): readonly LineDemand[] | null {
  const others = demands.filter(
    (each) => each.until > now && !(each.project === project && each.queue === queue),
  )
  if (wants > 0) return [...others, { project, queue, wants, until: now + DEMAND_MS }]
  return others.length === demands.length ? null : others
}

async function changeDemands(
  { store }: EngineContext,
  account: AccountId,
  change: (demands: readonly LineDemand[], now: EpochMs) => readonly LineDemand[] | null,
): Promise<void> {
  const name = lineDemandsSetting(account)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const stored = await store.getSetting(name)
    const { demands } = (stored?.value ?? { demands: [] }) as LineDemands
    const after = change(demands, await store.now())
    if (after === null) return
    const ifVersion = stored?.version ?? null
    const value: LineDemands = { demands: after }
    if ((await store.putSetting({ ...name, value, ifVersion })) !== null) return
  }
}
