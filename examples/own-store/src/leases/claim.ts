import { type Lease, queueResource, singletonResource, submissionResource } from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import { CLAIM_DELIVERIES } from '../scripts/claim-deliveries.js'
import { CLAIM_QUEUES } from '../scripts/claim-queues.js'
import { CLAIM_SINGLETON } from '../scripts/claim-singleton.js'
import { CLAIM_SUBMISSIONS } from '../scripts/claim-submissions.js'
import type { Script } from '../scripts/script.js'
import type { Session } from '../session.js'

type LeaseText = readonly [resource: string, worker: string, epoch: string, expires: string]

/** See `LeaseStore.claim`. The scripts choose and take in one go, so two workers never choose the same. */
export async function claim(session: Session, params: In<'claim'>): Promise<Out<'claim'>> {
  const { work, workerId, leaseMs, limit, takeOverFrom = '' } = params
  const args = [session.keys.root, session.clock(), workerId, String(leaseMs), String(limit)]
  type Answer = [readonly LeaseText[], LeaseText | readonly [], string]
  const [taken, held, nextDueAt] = await session.connection.run<Answer>(SCRIPTS[work.type], [
    ...args,
    takeOverFrom,
    ...detailsOf(work),
  ])
  return {
    leases: taken.map(leaseOf),
    heldBy: held.length === 0 ? null : leaseOf(held),
    nextDueAt: nextDueAt === '' ? null : Number(nextDueAt),
  }
}

function detailsOf(work: In<'claim'>['work']): readonly string[] {
  if (work.type === 'singleton') return [singletonResource(work.name)]
  if (work.type === 'deliveries') return [queueResource(work.project, work.queue)]
  return work.type === 'submissions' ? (work.except ?? []).map(submissionResource) : []
}

const SCRIPTS: Readonly<Record<In<'claim'>['work']['type'], Script>> = {
  singleton: CLAIM_SINGLETON,
  submissions: CLAIM_SUBMISSIONS,
  queues: CLAIM_QUEUES,
  deliveries: CLAIM_DELIVERIES,
}

function leaseOf([resource, workerId, epoch, expires]: LeaseText): Lease {
  return {
    resource,
    workerId: workerId as Lease['workerId'],
    epoch: Number(epoch),
    expiresAt: Number(expires),
  }
}
