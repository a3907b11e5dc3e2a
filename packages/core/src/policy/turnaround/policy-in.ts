import { laneOf } from '../../model/lane.js'
import type { QueuePolicy } from '../../model/queue-policy.js'

/** The policy for requests of a lane: those that are wanted by an instant go in smaller batches. */
export function policyIn(lane: string, policy: QueuePolicy): QueuePolicy {
  if (laneOf(lane).deadlineAt === null) return policy
  const maxBatchRequests = Math.min(policy.maxBatchRequests, policy.deadlineBatchRequests)
  return { ...policy, maxBatchRequests }
}
