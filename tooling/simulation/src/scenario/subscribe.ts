import { type Store, subscriptionSetting } from '@halfrate/core'
import type { Handlers } from './handlers.js'

/** Has results kept for handlers before anything is put in, as a program does that has one from its first start on. */
export async function subscribe(
  store: Store,
  handlers: Handlers | null,
  since: number,
): Promise<void> {
  for (const { project, queue } of handlers?.queues ?? []) {
    const name = subscriptionSetting(project, queue)
    await store.putSetting({ ...name, value: { since }, ifVersion: null })
  }
}
