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
 */
export async function writeQueuePolicy(
  params: Readonly<{
    store: Store
    project: ProjectId
    queue: QueueName
    changes: PolicyChanges
  }>,
): Promise<QueuePolicy> {
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

function flushOf(before: QueuePolicy['flush'], changes: object): QueuePolicy['flush'] {
  if (isWhole(changes)) return changes
  if (isScheduled(before)) return { ...before, ...changes }
  return { ...DEFAULT_QUEUE_POLICY.flush, ...before, ...changes }
}

function isWhole(flush: object): flush is QueuePolicy['flush'] {
  if ('schedule' in flush) return true
  return Object.keys(DEFAULT_QUEUE_POLICY.flush).every((name) => name in flush)
}
