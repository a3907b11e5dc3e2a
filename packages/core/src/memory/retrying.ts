import type { ProjectId, RequestId } from '../model/ids.js'
import { refusalToRetry } from '../policy/retrying.js'
import type { RetryAnswer, RetryRow } from '../ports/store-operating.js'
import type { StoredRequest } from './stored-request.js'
import type { Tables } from './tables.js'

/** See {@link OperatingStore.retry}. */
export function retry(
  tables: Tables,
  params: Readonly<{ project: ProjectId; rows: readonly RetryRow[] }>,
): readonly RetryAnswer[] {
  tables.checkPage(params.rows)
  return params.rows.map((row) => retryOne(tables, params.project, row))
}

function retryOne(tables: Tables, project: ProjectId, row: RetryRow): RetryAnswer {
  const old = tables.requests.get(row.requestId)
  if (old === undefined || !old.accepted || old.request.project !== project) {
    return { type: 'refused', because: 'unknown' }
  }
  const because = refusalToRetry(old.request)
  if (because !== null) return { type: 'refused', because }
  const id = tables.nextId<RequestId>()
  tables.requests.update(old.request.id, { supersededBy: id })
  tables.requests.insert(anew(tables, old, id, row.changed))
  relist(tables, old, id)
  return { type: 'retried', id }
}

function anew(
  tables: Tables,
  old: StoredRequest,
  id: RequestId,
  changed: RetryRow['changed'],
): StoredRequest {
  const request = Object.freeze({
    ...old.request,
    ...(changed === null
      ? {}
      : {
          bodyId: tables.bytes.addChild(old.request.bodyId, {
            reason: 'max_tokens',
            body: changed.body,
          }),
          itemBytes: changed.itemBytes,
          maxTokens: changed.maxTokens,
        }),
    id,
    state: 'waiting' as const,
    verdict: null,
    result: null,
    notBefore: 0,
    createdAt: tables.now(),
    doneAt: null,
    cancelRequestedAt: null,
    attemptCount: 0,
    failureCount: 0,
    expiryCount: 0,
    batchLimit: null,
    supersededBy: null,
  })
  return { ...old, request, supersedes: old.request.id }
}

// The row of its job is the new one's, in what was committed and in a part that is being filled.
function relist(tables: Tables, old: StoredRequest, id: RequestId): void {
  const { jobId } = old.request
  if (jobId === null) return
  const open = tables.jobs.openParts.get(jobId)
  const row = open?.rows.get(old.request.id)
  if (open !== undefined && row !== undefined) {
    open.rows.delete(old.request.id)
    open.rows.set(id, row)
  }
  tables.jobs.listings.delete(jobId)
  tables.jobs.write({ ...tables.jobs.need(jobId), state: 'committed' })
}
