import { type Fence, type Lease, LeaseLostError, type WorkerId } from '@halfrate/core'
import { escapedText } from '../database/escaped-text.js'
import type { Session } from '../session.js'

const RENEW = `UPDATE leases SET expires_at = $1
  WHERE resource = $2 AND epoch = $3 AND worker_id IS NOT NULL RETURNING worker_id`

/** See `LeaseStore.renew`. */
export function renew(
  session: Session,
  params: Readonly<{ fence: Fence; leaseMs: number }>,
): Promise<Lease> {
  const { resource, epoch } = params.fence
  return session.write(async ({ db, now }) => {
    const expiresAt = now + params.leaseMs
    const row = await db.get<{ worker_id: string }>(RENEW, expiresAt, escapedText(resource), epoch)
    if (row === undefined) throw new LeaseLostError(resource)
    return { resource, workerId: row.worker_id as WorkerId, epoch, expiresAt }
  })
}
