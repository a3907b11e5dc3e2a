import type { RequestId } from '../model/ids.js'
import type { Request } from '../model/request.js'

/** A request with what the store alone needs to know of it. */
export interface StoredRequest {
  readonly request: Request
  /** The part of its job in which it was put, 0 outside a job. */
  readonly part: number
  /** The newest committed part that listed it, 0 outside a job. */
  readonly listedPart: number
  /** Its part is committed; before that it is invisible to planning. */
  readonly accepted: boolean
  /** Digest of its params, in hex. */
  readonly paramsHash: string
  /** Names the shared members of its params; 0 for none. */
  readonly prefixId: number
  /** The older request under its key; null for the first one. */
  readonly supersedes: RequestId | null
}

/** Whether planning may take it, once it is due. */
export function isPlannable(row: StoredRequest): boolean {
  const { state, supersededBy, cancelRequestedAt } = row.request
  return row.accepted && state === 'waiting' && supersededBy === null && cancelRequestedAt === null
}

/** Names its key: unique in its job, else in its queue. */
export function keyOf(row: StoredRequest): string {
  const { jobId, project, queue, key } = row.request
  return keyText(jobId === null ? { project, queue } : { jobId }, key)
}

/** Writes a key and where it is unique as one text. */
export function keyText(
  scope: { readonly jobId: number } | { readonly project: string; readonly queue: string },
  key: string,
): string {
  return 'jobId' in scope ? `${scope.jobId}\n${key}` : `${scope.project}\n${scope.queue}\n${key}`
}
