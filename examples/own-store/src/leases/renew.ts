import { type Lease, LeaseLostError } from '@halfrate/core'
import type { In } from '../in-out.js'
import { RELEASE } from '../scripts/release.js'
import { RENEW } from '../scripts/renew.js'
import type { Session } from '../session.js'

/** See `LeaseStore.renew`. */
export async function renew(session: Session, params: In<'renew'>): Promise<Lease> {
  const { resource, epoch } = params.fence
  const { root } = session.keys
  const [workerId, expires] = await session.connection.run<string[]>(RENEW, [
    ...[root, session.clock(), resource, String(epoch), String(params.leaseMs)],
  ])
  if (expires === undefined) throw new LeaseLostError(resource)
  return { resource, workerId: workerId as Lease['workerId'], epoch, expiresAt: Number(expires) }
}

/** See `LeaseStore.release`. */
export async function release(session: Session, params: In<'release'>): Promise<void> {
  const { resource, epoch } = params.fence
  await session.connection.run(RELEASE, [session.keys.root, resource, String(epoch)])
}
