import type { Workspace } from '../model/setting-documents.js'

/**
 * Whether a key leads to another workspace than the one that an account's batches are in. Another key of the same one is
 * as good. When the provider does not say, or nothing was sent yet, nothing speaks against it.
 */
export function isOtherWorkspace(known: Workspace | null, workspaceId: string | null): boolean {
  return known !== null && workspaceId !== null && known.workspaceId !== workspaceId
}
