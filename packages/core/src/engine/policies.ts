import type { ProjectId, QueueName } from '../model/ids.js'
import { DEFAULT_QUEUE_POLICY, type QueuePolicy } from '../model/queue-policy.js'
import { type FlushByHand, queueFlushSetting, queueSetting } from '../model/setting-documents.js'
import { isScheduled } from '../policy/flush.js'
import type { EngineContext } from './context.js'

/** A queue's policy as it stands in the store, the default for what it does not say. */
export async function readPolicy(
  context: EngineContext,
  project: ProjectId,
  queue: QueueName,
): Promise<QueuePolicy> {
  const setting = await context.store.getSetting(queueSetting(project, queue))
  const own = (setting?.value ?? {}) as Partial<QueuePolicy>
  return { ...DEFAULT_QUEUE_POLICY, ...own, flush: flushOf(own.flush) }
}

// Beside a schedule nothing is implied.
function flushOf(flush: QueuePolicy['flush'] | undefined): QueuePolicy['flush'] {
  if (flush !== undefined && isScheduled(flush)) return flush
  return { ...DEFAULT_QUEUE_POLICY.flush, ...flush }
}

/** Up to when somebody said that what waits in a queue shall go; null for never. */
export async function readFlushByHand(
  { store }: EngineContext,
  project: ProjectId,
  queue: QueueName,
): Promise<FlushByHand | null> {
  const setting = await store.getSetting(queueFlushSetting(project, queue))
  return (setting?.value ?? null) as FlushByHand | null
}
