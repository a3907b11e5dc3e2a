import {
  DEFAULT_PROJECT,
  type QueueName,
  type QueuePolicy,
  queueSetting,
  usablePolicy,
} from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'

/** A queue's policy as it stands in the store. */
export async function readPolicy(
  half: Pick<Halfrate, 'store'>,
  queue: QueueName,
): Promise<QueuePolicy> {
  const setting = await half.store.getSetting(queueSetting(DEFAULT_PROJECT, queue))
  return usablePolicy(setting?.value ?? {})
}
