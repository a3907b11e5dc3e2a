import {
  DEFAULT_QUEUE_POLICY,
  type FlushRule,
  isScheduled,
  type ProjectId,
  type QueueName,
  type QueuePolicy,
  queueSetting,
  type Store,
} from '@halfrate/core'
import type { PriceBook } from '@halfrate/core/money'
import { refuseUnpriced } from './budgets/refuse-unpriced.js'
import { firstPolicyOf } from './first-policy.js'

/**
 * Members of a queue's policy to set. A whole flush rule, by sizes and age or by a schedule, takes the place of the one that is
 * there; members of one are added to it.
 */
export type PolicyChanges = Partial<Omit<QueuePolicy, 'flush'>> & {
  readonly flush?: Partial<FlushRule> | QueuePolicy['flush'] | undefined
}

/**
 * Sets members of a queue's policy and keeps the others as they are stored, or as they are before anything is set.
 *
 * Compare and set, so that a change made by somebody else meanwhile is not overwritten but built upon. Writes nothing
 * when nothing changes. Answers the whole policy.
 *
 * @throws {ConfigError} when refusals are to be asked of a model without a price in `book`, and a budget is in force for the queue.
 */
export async function writeQueuePolicy(
  params: Readonly<{
    store: Store
    project: ProjectId
    queue: QueueName
    changes: PolicyChanges
    /** Prices, for what names a model; left out, none is looked at. */
    book?: PriceBook | undefined
  }>,
): Promise<QueuePolicy> {
  await refuseOtherModel(params)
  const name = queueSetting(params.project, params.queue)
  const first = firstPolicyOf(params.queue)
  for (;;) {
    const stored = await params.store.getSetting(name)
    const before = (stored?.value ?? null) as Partial<QueuePolicy> | null
    const flush = flushOf(before?.flush ?? first.flush, params.changes.flush ?? {})
    const policy = { ...first, ...before, ...params.changes, flush }
    if (JSON.stringify(policy) === JSON.stringify(before)) return policy
    const ifVersion = stored?.version ?? null
    if ((await params.store.putSetting({ ...name, value: policy, ifVersion })) !== null) {
      return policy
    }
  }
}

async function refuseOtherModel({
  store,
  queue,
  changes,
  book,
}: Parameters<typeof writeQueuePolicy>[0]): Promise<void> {
  const { askRefusedOf: model } = changes
  if (typeof model !== 'string' || book === undefined) return
  const priced = { models: [model], book, at: await store.now() }
  await refuseUnpriced(store, { queue, ...priced, namedBy: 'askRefusedOf' })
}

function flushOf(before: QueuePolicy['flush'], changes: object): QueuePolicy['flush'] {
  if (isWhole(changes)) return changes
  if (isScheduled(before)) return { ...before, ...changes }
  return { ...DEFAULT_QUEUE_POLICY.flush, ...before, ...changes }
}

function isWhole(flush: object): flush is QueuePolicy['flush'] {
  if ('schedule' in flush) return true
  return Object.keys(DEFAULT_QUEUE_POLICY.flush).every((name) => name in flush)
}
