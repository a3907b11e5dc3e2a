import { aLook, aNonce, anEndedBatch, anIntakeRow, aSuccess } from '@halfrate/conformance'
import {
  type AccountId,
  type Fence,
  type Lease,
  type ProjectId,
  type QueueName,
  queueResource,
  type RemoteId,
  type RequestId,
  type Store,
  type Submission,
  submissionResource,
  type WorkerId,
} from '@halfrate/core'

export const project: ProjectId = 'acme' as ProjectId
export const account: AccountId = 'main' as AccountId
export const queue: QueueName = 'nightly' as QueueName
const worker = 'worker-1' as WorkerId
const LEASE_MS = 3_600_000

/** Puts loose requests with the keys `<prefix> 0` to so many. */
export async function putMany(
  store: Store,
  prefix: string,
  count: number,
): Promise<readonly RequestId[]> {
  const rows = Array.from({ length: count }, (_, index) =>
    anIntakeRow({ key: `${prefix} ${index}` }),
  )
  const put = { project, account, queue, job: null, onConflict: 'report', rows } as const
  return (await store.putRequests(put)).map((answer) => answer.id)
}

/** The lease of the queue, taken anew. */
export function queueFence(store: Store): Promise<Fence> {
  return fenceOf(store, 'queues', queueResource(project, queue))
}

/** The lease of a submission that is due, taken anew. */
export function submissionFence(store: Store, { id }: Submission): Promise<Fence> {
  return fenceOf(store, 'submissions', submissionResource(id))
}

async function fenceOf(
  store: Store,
  type: 'queues' | 'submissions',
  resource: string,
): Promise<Fence> {
  const asked = { work: { type }, workerId: worker, leaseMs: LEASE_MS, limit: 100 } as const
  const { leases } = await store.claim(asked)
  const lease = leases.find((each) => each.resource === resource) as Lease
  return { resource, epoch: lease.epoch }
}

/** Opens a submission for loose requests; its number makes its nonce. */
export function openBatch(store: Store, fence: Fence, number: number): Promise<Submission> {
  const { lane } = anIntakeRow({ key: '' })
  const upToId = Number.MAX_SAFE_INTEGER
  const nonce = aNonce(number)
  return store.openSubmission({
    ...{ fence, project, account, queue, lane, batchLimit: null, nonce, upToId },
  })
}

/** The provider's id of a submission's batch. */
export function remoteIdOf({ id }: Submission): RemoteId {
  return `msgbatch_${id}` as RemoteId
}

/** A submission of new requests whose batch has ended. */
export async function endedBatch(
  store: Store,
  number: number,
  count: number,
): Promise<{ readonly submission: Submission; readonly ids: readonly RequestId[] }> {
  const ids = await putMany(store, `batch ${number}`, count)
  const fence = await queueFence(store)
  const { id: submissionId, nonce } = await openBatch(store, fence, number)
  const members = ids.map((requestId) => ({ requestId, holdNano: null }))
  await store.addMembers({ fence, submissionId, members })
  const sealed = await store.sealSubmission({ fence, submissionId })
  const own = await submissionFence(store, sealed)
  await store.beginSend({ fence: own, submissionId, look: aLook(), sendMs: 60_000 })
  const batch = anEndedBatch({ succeeded: count }, { id: remoteIdOf(sealed) })
  const { submission } = await store.recordEvidence({
    ...{ account, nonce, evidence: { type: 'found', batch } },
  })
  return { submission: submission ?? sealed, ids }
}

/** A success for each request. */
export function successes(ids: readonly RequestId[]): ReturnType<typeof aSuccess>[] {
  return ids.map((id) => aSuccess(id))
}
