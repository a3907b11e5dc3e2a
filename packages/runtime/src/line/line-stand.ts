import type { AccountId, ProjectId, QueueName, Store, Submission } from '@halfrate/core'
import {
  type AccountLimits,
  accountLimitsSetting,
  IN_LINE,
  type LineDemands,
  lineDemandsSetting,
  lineOf,
} from '@halfrate/core/line'
import { changeSetting } from '../change-setting.js'

const PAGE = 500

/** What a queue has in an account's line, and what waits for room there. */
export interface QueueInLine {
  readonly project: ProjectId
  readonly queue: QueueName
  /** Requests in batches at the provider, or sealed for one. */
  readonly inLine: number
  /** Requests that found no room a moment ago. */
  readonly waiting: number
}

/** How an account's line stands. */
export interface LineStand {
  /** Requests that may be in line at once; null where nobody said. */
  readonly limit: number | null
  /** By project and queue, those with nothing left out. */
  readonly queues: readonly QueueInLine[]
}

/** Reads how an account's line stands now. */
export async function lineStand(store: Store, account: AccountId): Promise<LineStand> {
  const limits = (await store.getSetting(accountLimitsSetting(account)))?.value as
    | AccountLimits
    | undefined
  const stored = (await store.getSetting(lineDemandsSetting(account)))?.value
  const { demands } = (stored ?? { demands: [] }) as LineDemands
  const now = await store.now()
  const queues = new Map<string, QueueInLine>()
  const add = (place: Pick<QueueInLine, 'project' | 'queue'>, inLine: number, waiting: number) => {
    const { project, queue } = place
    const name = JSON.stringify([project, queue])
    const before = queues.get(name) ?? { project, queue, inLine: 0, waiting: 0 }
    const after = { inLine: before.inLine + inLine, waiting: before.waiting + waiting }
    queues.set(name, { ...before, ...after })
  }
  for (const each of lineOf(await submissionsInLine(store, account), now)) add(each, each.count, 0)
  for (const each of demands) if (each.until > now) add(each, 0, each.wants)
  const sorted = [...queues].sort(([one], [other]) => (one < other ? -1 : 1))
  return { limit: limits?.enqueuedRequests ?? null, queues: sorted.map(([, queue]) => queue) }
}

/**
 * Says how many requests may be in an account's line at once, for all workers: batches are then no larger than there is room for, and
 * what is free is shared by projects and queues. Null: nothing is counted. Answers whether that is new.
 */
export function setLineLimit(
  store: Pick<Store, 'getSetting' | 'putSetting'>,
  account: AccountId,
  limit: number | null,
): Promise<boolean> {
  return changeSetting(store, accountLimitsSetting(account), (value) => {
    const before = (value as AccountLimits | null)?.enqueuedRequests ?? null
    return before === limit ? null : { value: { enqueuedRequests: limit } satisfies AccountLimits }
  })
}

async function submissionsInLine(store: Store, account: AccountId): Promise<readonly Submission[]> {
  const all: Submission[] = []
  const limit = Math.min(PAGE, store.traits.pageLimit)
  for (let afterId = 0; ; ) {
    const page = await store.listSubmissions({ account, states: IN_LINE, afterId, limit })
    all.push(...page)
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return all
    afterId = last.id
  }
}
