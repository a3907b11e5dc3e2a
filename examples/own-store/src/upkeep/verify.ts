import {
  type DeliveryId,
  InvariantError,
  type JobId,
  type RequestId,
  type SubmissionId,
  type Violation,
} from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import { fromRank, idsAfter } from '../rows/pages.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { deliveryViolations } from './delivery-violations.js'
import { jobViolations } from './job-violations.js'
import { leaseViolations } from './lease-violations.js'
import { requestViolations } from './request-violations.js'
import { submissionViolations } from './submission-violations.js'

interface Page {
  readonly violations: readonly Violation[]
  /** Where the next page of this kind begins; null after the last one. */
  readonly next: number | null
}

type Look = (step: Step, at: number, limit: number) => Promise<Page>

// In the order in which they are looked at.
const LOOKS: Readonly<Record<string, Look>> = {
  lease: lookAtLeases,
  job: byIds<JobId>('jobs', jobViolations),
  request: byIds<RequestId>('requests', requestViolations),
  submission: byIds<SubmissionId>('submissions', submissionViolations),
  delivery: byIds<DeliveryId>('deliveries', deliveryViolations),
}
const KINDS: readonly string[] = Object.keys(LOOKS)

/** See `UpkeepStore.verify`. Looks at `limit` records a call: leases, then jobs, requests, submissions and deliveries. */
export function verify(session: Session, params: In<'verify'>): Promise<Out<'verify'>> {
  const limit = session.pageOf(params.limit)
  const [kind = '', at = '0'] = (params.after ?? 'lease:0').split(':')
  const look = LOOKS[kind]
  if (look === undefined) throw new InvariantError(`There is no page ${params.after} to verify.`)
  return session.step(async (step) => {
    const { violations, next } = await look(step, Number(at), limit)
    if (next !== null) return { violations, next: `${kind}:${next}` }
    const following = KINDS[KINDS.indexOf(kind) + 1]
    return { violations, next: following === undefined ? null : `${following}:0` }
  })
}

async function lookAtLeases(step: Step, at: number, limit: number): Promise<Page> {
  const resources = await fromRank(step.connection, step.keys.of('leases'), { at, limit })
  const violations = await leaseViolations(step, resources)
  return { violations, next: resources.length < limit ? null : at + limit }
}

function byIds<Id extends number>(
  index: string,
  violationsOf: (step: Step, ids: readonly Id[]) => Promise<readonly Violation[]>,
): Look {
  return async (step, after, limit) => {
    const ids = await idsAfter<Id>(step.connection, step.keys.of(index), { after, limit })
    const violations = await violationsOf(step, ids)
    return { violations, next: ids.length < limit ? null : (ids.at(-1) ?? null) }
  }
}
