import { aNonce, anIntakeRow } from '@halfrate/conformance'
import type {
  AccountId,
  Fence,
  ProjectId,
  PutAnswer,
  QueueName,
  RequestId,
  Store,
  Submission,
  WorkerId,
} from '@halfrate/core'

/** Whose work the tests do. */
export const OURS = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
} as const

/** Puts loose requests under these keys. */
export function put(store: Store, keys: readonly string[]): Promise<readonly PutAnswer[]> {
  const rows = keys.map((key) => anIntakeRow({ key }))
  return store.putRequests({ ...OURS, job: null, onConflict: 'report', rows })
}

/** The id of the request under a key; null when there is none. */
export async function idOf(store: Store, key: string): Promise<RequestId | null> {
  const { project, queue } = OURS
  const { keyHash } = anIntakeRow({ key })
  const life = await store.getRequest({ project, scope: { queue }, key, keyHash })
  return life?.request.id ?? null
}

/** Takes the first lease that there is. */
export async function fenceOf(store: Store, type: 'queues' | 'submissions'): Promise<Fence> {
  const workerId = 'worker-1' as WorkerId
  const { leases } = await store.claim({ work: { type }, workerId, leaseMs: 600_000, limit: 1 })
  const [lease] = leases
  if (lease === undefined) throw new Error(`There are no ${type} to claim.`)
  return { resource: lease.resource, epoch: lease.epoch }
}

/** Fills and seals a submission. */
export async function sealed(store: Store, ids: readonly RequestId[]): Promise<Submission> {
  const fence = await fenceOf(store, 'queues')
  const { lane } = anIntakeRow({ key: '' })
  const { id: submissionId } = await store.openSubmission({
    ...{ ...OURS, fence, lane, batchLimit: null, nonce: aNonce(1), upToId: Math.max(...ids) },
  })
  const members = ids.map((requestId) => ({ requestId, holdNano: null }))
  await store.addMembers({ fence, submissionId, members })
  return store.sealSubmission({ fence, submissionId })
}
