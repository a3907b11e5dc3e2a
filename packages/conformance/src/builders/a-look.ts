import type { Look, RemoteId } from '@halfrate/core'
import { MANUAL_START } from '../manual-clock.js'

/** Builds what was seen at the provider just before a send. */
export function aLook(overrides: Partial<Look> = {}): Look {
  return {
    newestId: 'msgbatch_0' as RemoteId,
    serverAt: MANUAL_START,
    storeAt: MANUAL_START,
    workspaceId: 'wrkspc_1',
    ...overrides,
  }
}
