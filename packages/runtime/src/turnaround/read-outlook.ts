import type { AccountId, Store } from '@halfrate/core'
import {
  type BatchKind,
  type BatchOutlook,
  batchOutlook,
  readTurnaround,
  turnaroundSetting,
} from '@halfrate/core/turnaround'

/**
 * When the answers of a batch of some kind are likely there, by how long the account's batches took. One that is not sent yet
 * begins at `startsAt`, at the earliest now.
 */
export async function readOutlook(
  store: Pick<Store, 'getSetting' | 'now'>,
  { account, ...kind }: BatchKind & { readonly account: AccountId },
): Promise<BatchOutlook> {
  const setting = await store.getSetting(turnaroundSetting(account))
  return batchOutlook(readTurnaround(setting?.value), kind, await store.now())
}
