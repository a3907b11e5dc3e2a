import type { Fence } from '@halfrate/core'
import type { Session } from '../session.js'

// The row stays for its epoch: by it the queues that wait longest are served first.
const RELEASE =
  'UPDATE leases SET worker_id = NULL, expires_at = 0 WHERE resource = ? AND epoch = ?'

/** See `LeaseStore.release`. */
export function release(session: Session, params: Readonly<{ fence: Fence }>): void {
  session.db.run(RELEASE, params.fence.resource, params.fence.epoch)
}
