import type { Fence } from '@halfrate/core'
import { escapedText } from '../database/escaped-text.js'
import type { Session } from '../session.js'

// The row stays for its epoch: by it the queues that wait longest are served first.
const RELEASE =
  'UPDATE leases SET worker_id = NULL, expires_at = 0 WHERE resource = $1 AND epoch = $2'

/** See `LeaseStore.release`. */
export async function release(session: Session, params: Readonly<{ fence: Fence }>): Promise<void> {
  const { resource, epoch } = params.fence
  await session.write(({ db }) => db.run(RELEASE, escapedText(resource), epoch))
}
