import type { QueuePolicy } from '../model/queue-policy.js'
import { contentLengthOf } from './wire-size.js'

/** How full a submission is and what it may hold. */
export interface PackFacts {
  readonly requestCount: number
  readonly itemsBytes: number
  readonly batchLimit: number | null
  readonly policy: Pick<QueuePolicy, 'maxBatchRequests' | 'maxBatchBytes'>
}

/** Which requests of a page join. `full`: no other request may join after them. */
export interface Pack<T> {
  readonly picked: readonly T[]
  readonly full: boolean
}

/** Most requests that a submission may hold. */
export function roomOf(facts: {
  readonly batchLimit: number | null
  readonly policy: Pick<QueuePolicy, 'maxBatchRequests'>
}): number {
  return Math.min(facts.policy.maxBatchRequests, facts.batchLimit ?? facts.policy.maxBatchRequests)
}

/**
 * Takes requests in their order until the submission is full by count or bytes.
 *
 * A submission is never left empty by a request that is larger than the policy's bytes: it goes alone.
 */
export function packPage<T extends { readonly itemBytes: number }>(
  facts: PackFacts,
  page: readonly T[],
): Pack<T> {
  const room = roomOf(facts)
  const picked: T[] = []
  let { requestCount, itemsBytes } = facts
  for (const request of page) {
    const nextBytes = itemsBytes + request.itemBytes
    const fits = contentLengthOf(nextBytes, requestCount + 1) <= facts.policy.maxBatchBytes
    if (requestCount >= room || (!fits && requestCount > 0)) return { picked, full: true }
    picked.push(request)
    requestCount += 1
    itemsBytes = nextBytes
  }
  return { picked, full: requestCount >= room }
}

/**
 * Leaves the last request out when the count would be one that a batch of unknown origin has, so that a lost answer
 * is rarely held up by a stranger's batch.
 */
export function avoidCount<T>(
  picked: readonly T[],
  already: number,
  takenCounts: ReadonlySet<number>,
): readonly T[] {
  const isTaken = takenCounts.has(already + picked.length)
  return isTaken && picked.length > 1 ? picked.slice(0, -1) : picked
}
