import {
  type FlushByHand,
  type ProjectId,
  type QueueName,
  queueFlushSetting,
  type Store,
} from '@halfrate/core'
import { changeSetting } from './change-setting.js'

/**
 * Lets all that waits in a queue now go with the next batch, whatever its flush rule says; for all workers on the store.
 * What is taken in later follows the rule again.
 */
export async function flushByHand(
  store: Store,
  project: ProjectId,
  queue: QueueName,
): Promise<void> {
  const value: FlushByHand = { upTo: await store.now() }
  await changeSetting(store, queueFlushSetting(project, queue), (before) => {
    const known = before as FlushByHand | null
    return known !== null && known.upTo >= value.upTo ? null : { value }
  })
}
