import type { AccountId } from '../model/ids.js'
import { doubtedFilesSetting } from '../model/setting-documents.js'
import type { EngineContext } from './context.js'

/** Learns, once in a worker's life, whether the one before it broke a send off since a file was not whole. */
export async function recallDoubt(
  { store, memory }: EngineContext,
  account: AccountId,
): Promise<void> {
  const { wholeFiles } = memory
  if (wholeFiles.isRecalled) return
  const stored = await store.getSetting(doubtedFilesSetting(account))
  wholeFiles.recall(stored?.value === true)
}

/**
 * Writes down whether files are in doubt. A worker that lives for one round, as from cron, would break the same send off each
 * time: what the store lost of a file may be what says who has it.
 */
export async function keepDoubt(
  { store }: EngineContext,
  account: AccountId,
  isInDoubt: boolean,
): Promise<void> {
  const name = doubtedFilesSetting(account)
  const stored = await store.getSetting(name)
  if ((stored?.value === true) === isInDoubt) return
  // Whoever wrote it meanwhile knows as much.
  await store.putSetting({ ...name, value: isInDoubt, ifVersion: stored?.version ?? null })
}
