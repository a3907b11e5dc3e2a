import type { AccountId, JobId, ProjectId, QueueName, Request, RequestId } from '@halfrate/core'
import type { StoredRequest } from '../rows/stored-request.js'
import type { Step } from '../step.js'

/** Whose a request is. */
export interface Owner {
  readonly project: ProjectId
  readonly account: AccountId
  readonly queue: QueueName
  readonly job: { readonly id: JobId } | null
}

/** What is said of a request when it is taken in. */
export type Given = Pick<
  Request,
  'row' | 'key' | 'lane' | 'model' | 'maxTokens' | 'itemBytes' | 'deadlineAt' | 'labels'
> &
  Pick<
    StoredRequest,
    'prefixId' | 'paramsHash' | 'blobs' | 'part' | 'listedPart' | 'accepted' | 'supersedes'
  > & { readonly body: Uint8Array }

/** Adds a waiting request with its body, which is stored under the same id. */
export function addRequest(step: Step, owner: Owner, given: Given): RequestId {
  const id = step.takeId<RequestId>()
  const { project, account, queue, job } = owner
  const { row, key, lane, model, maxTokens, itemBytes, deadlineAt, labels } = given
  const { prefixId, paramsHash, blobs, part, listedPart, accepted, supersedes } = given
  step.also('SET', step.keys.of('body', id), given.body)
  step.requests.set(id, {
    request: {
      ...{ id, project, account, queue, jobId: job?.id ?? null, row, key },
      ...{ lane, model, maxTokens, itemBytes, bodyId: id, labels, deadlineAt },
      ...{ state: 'waiting', verdict: null, result: null, notBefore: 0 },
      ...{ createdAt: step.now, doneAt: null, cancelRequestedAt: null },
      ...{ attemptCount: 0, failureCount: 0, expiryCount: 0 },
      ...{ batchLimit: null, supersededBy: null },
    },
    ...{ part, listedPart, accepted, displaced: false, paramsHash, prefixId, supersedes },
    ...(blobs === undefined ? {} : { blobs }),
    attempts: [],
  })
  return id
}
