import type { ProjectId, QueueName } from '../model/ids.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import { type FlushByHand, queueFlushSetting, queueSetting } from '../model/setting-documents.js'
import { usablePolicy } from '../policy/check-policy.js'
import type { Store } from '../ports/store.js'
import type { EngineContext } from './context.js'

/** A queue's policy as it stands in the store, the default for what it does not say, or not in a way that can be used. */
export async function readPolicy(
  { store }: Readonly<{ store: Pick<Store, 'getSetting'> }>,
  project: ProjectId,
  queue: QueueName,
): Promise<QueuePolicy> {
  const setting = await store.getSetting(queueSetting(project, queue))
  return usablePolicy(setting?.value ?? {})
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
