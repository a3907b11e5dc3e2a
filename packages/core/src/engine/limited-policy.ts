import type { ProjectId, QueueName } from '../model/ids.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Submission } from '../model/submission.js'
import type { EngineContext } from './context.js'
import { roomInLine } from './line-shares.js'
import { readIncident } from './poison-state.js'

/** The policy that a batch is filled by: that of its queue, less what the provider has said it takes and what its line has room for. */
export async function limitedPolicy(
  planning: {
    readonly context: EngineContext
    readonly project: ProjectId
    readonly queue: QueueName
    readonly policy: QueuePolicy
  },
  begun: {
    readonly filling: Submission
    /** How many of its requests may be in line; null where that was not asked yet. */
    readonly room: number | null
    /** How many wait that could join it. */
    readonly waiting: number
  },
): Promise<QueuePolicy> {
  const { context, policy } = planning
  const { filling, waiting } = begun
  const { account, lane, requestCount } = filling
  const maxBytes = (await readIncident(context, filling))?.maxBytes ?? policy.maxBatchBytes
  const asks = { account, lane, count: requestCount + waiting }
  const line = begun.room === null ? await roomInLine(context, planning, asks) : begun
  // Whoever began it had room for what is in it.
  const room = Math.max(1, requestCount, 'room' in line ? (line.room ?? 0) : 0)
  return {
    ...policy,
    maxBatchRequests: Math.min(policy.maxBatchRequests, room),
    maxBatchBytes: Math.min(policy.maxBatchBytes, maxBytes),
  }
}
