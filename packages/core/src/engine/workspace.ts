import type { AccountId } from '../model/ids.js'
import { type Workspace, workspaceSetting } from '../model/setting-documents.js'
import { isOtherWorkspace } from '../policy/workspace.js'
import { alarm, type EngineContext } from './context.js'

/** Remembers the workspace that an account's batches are made in, with the first one that is taken. */
export async function rememberWorkspace(
  { store }: EngineContext,
  account: AccountId,
  workspaceId: string | null,
): Promise<void> {
  const name = workspaceSetting(account)
  if (workspaceId === null || (await store.getSetting(name)) !== null) return
  const value: Workspace = { workspaceId }
  // Whoever was faster wrote the same, for both were answered by the provider.
  await store.putSetting({ ...name, value, ifVersion: null })
}

/**
 * Whether the key leads to the workspace that the account's batches are in. In another one all of them would look as if
 * they had been deleted, so nothing may be asked or sent with it.
 */
export async function checkWorkspace(
  context: EngineContext,
  account: AccountId,
  workspaceId: string | null,
): Promise<boolean> {
  const stored = await context.store.getSetting(workspaceSetting(account))
  const known = (stored?.value ?? null) as Workspace | null
  const isOther = isOtherWorkspace(known, workspaceId)
  context.memory.isOtherWorkspace = isOther
  if (isOther) {
    alarm(context, {
      code: 'other_workspace',
      message: `The key is of workspace ${workspaceId}, and the batches of this store are in ${known?.workspaceId}. Nothing is done with it.`,
    })
  }
  return !isOther
}
