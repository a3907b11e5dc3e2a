import {
  DEFAULT_QUEUE_POLICY,
  type ProjectId,
  type QueueName,
  type QueuePolicy,
  queueSetting,
  type Store,
} from '@halfrate/core'

/**
 * Sets members of a queue's policy and keeps the others as they are stored, or as the default has them.
 *
 * Compare and set, so that a change made by somebody else meanwhile is not overwritten but built upon. Writes nothing
 * when nothing changes. Answers the whole policy.
 */
export async function writeQueuePolicy(
  params: Readonly<{
    store: Store
    project: ProjectId
    queue: QueueName
    changes: Partial<QueuePolicy>
  }>,
): Promise<QueuePolicy> {
  const name = queueSetting(params.project, params.queue)
  for (;;) {
    const stored = await params.store.getSetting(name)
    const before = stored?.value ?? null
    const policy = {
      ...DEFAULT_QUEUE_POLICY,
      ...(before as Partial<QueuePolicy>),
      ...params.changes,
    }
    if (JSON.stringify(policy) === JSON.stringify(before)) return policy
    const ifVersion = stored?.version ?? null
    if ((await params.store.putSetting({ ...name, value: policy, ifVersion })) !== null) {
      return policy
    }
  }
}
