import type { MemberBody, Request, RequestLife, RetryRow, Store } from '@halfrate/core'
import { withMaxTokens } from '@halfrate/core/intake'

/** How a request is sent again as it was. */
export function sameRow(request: Pick<Request, 'id'>): RetryRow {
  return { requestId: request.id, changed: null }
}

/**
 * How a request is sent again with another `max_tokens`; every other byte of its params stays. Null when its params can't be
 * read, since it was never in a batch.
 */
export async function rowWithMaxTokens(
  store: Pick<Store, 'readMembers'>,
  { request, attempts }: RequestLife,
  maxTokens: number,
): Promise<RetryRow | null> {
  const sent = attempts.findLast(({ attempt }) => !attempt.withdrawn)?.attempt
  if (sent === undefined) return null
  const { submissionId, ordinal } = sent
  const [member] = await store.readMembers({ submissionId, after: ordinal - 1, limit: 1 })
  if (member === undefined || member.requestId !== request.id) return null
  return changedRow(request, member, maxTokens)
}

function changedRow(
  request: Request,
  { body: old }: MemberBody,
  maxTokens: number,
): RetryRow | null {
  const body = withMaxTokens(old, maxTokens)
  if (body === null) return null
  const itemBytes = request.itemBytes + body.length - old.length
  return { requestId: request.id, changed: { body, itemBytes, maxTokens } }
}
