import {
  InvariantError,
  type ProjectId,
  type QueueName,
  type Store,
  type Subscription,
  subscriptionSetting,
} from '@halfrate/core'

// Whoever changes it meanwhile writes the same.
const MOST_TRIES = 20

/** Says in the store whether the results of a queue are wanted. One that is there stays as it is. */
export async function writeSubscription(
  store: Store,
  params: { readonly project: ProjectId; readonly queue: QueueName; readonly isWanted: boolean },
): Promise<void> {
  const name = subscriptionSetting(params.project, params.queue)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const there = await store.getSetting(name)
    if ((there?.value != null) === params.isWanted) return
    const value: Subscription | null = params.isWanted ? { since: await store.now() } : null
    const written = await store.putSetting({ ...name, value, ifVersion: there?.version ?? null })
    if (written !== null) return
  }
  throw new InvariantError(`The subscription of queue ${params.queue} can't be written.`)
}
