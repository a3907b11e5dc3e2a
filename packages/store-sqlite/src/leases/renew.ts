import type { Fence, Lease, WorkerId } from '@halfrate/core'
import { type AnyText, textOfAny } from '@halfrate/store-sql'
import { checkFence, type Session } from '../session.js'

const RENEW = 'UPDATE leases SET expires_at = ? WHERE resource = ? RETURNING worker_id'

/** See `LeaseStore.renew`. */
export function renew(
  session: Session,
  params: Readonly<{ fence: Fence; leaseMs: number }>,
): Lease {
  const { resource, epoch } = params.fence
  checkFence(session, params.fence, resource)
  const expiresAt = session.now() + params.leaseMs
  const row = session.db.get<{ worker_id: AnyText }>(RENEW, expiresAt, resource)
  return { resource, workerId: textOfAny(row?.worker_id ?? '') as WorkerId, epoch, expiresAt }
}
