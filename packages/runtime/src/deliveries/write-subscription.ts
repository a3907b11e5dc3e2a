import {
  DEFAULT_PROJECT,
  InvariantError,
  type QueueName,
  type Store,
  type Subscription,
  subscriptionSetting,
} from '@halfrate/core'

// As many processes would have to begin and end it at the same time.
const MOST_TRIES = 20

/**
 * Says in the store whether the results of a queue are wanted, and resolves when every step knows it. One that is there
 * stays as it is.
 *
 * @param params - `seenVersion`: the subscription that every step knows already, as this answered it before; null for none.
 */
export async function writeSubscription(
  store: Store,
  params: Readonly<{ queue: QueueName; isWanted: boolean; seenVersion: number | null }>,
): Promise<number | null> {
  const { queue, isWanted, seenVersion } = params
  const name = subscriptionSetting(DEFAULT_PROJECT, queue)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const there = await store.getSetting(name)
    if (there?.value == null && !isWanted) return null
    if (there?.value != null && isWanted) {
      // Another process wrote it, and may not have its answer yet, since steps are under way that have not seen it. This
      // changes nothing, and its answer waits for them like that of a write.
      if (there.version !== seenVersion)
        await store.putSetting({ ...name, value: there.value, ifVersion: null })
      return there.version
    }
    const value: Subscription | null = isWanted ? { since: await store.now() } : null
    const written = await store.putSetting({ ...name, value, ifVersion: there?.version ?? null })
    if (written !== null) return written.version
  }
  throw new InvariantError(`The subscription of queue ${queue} can't be written.`)
}
