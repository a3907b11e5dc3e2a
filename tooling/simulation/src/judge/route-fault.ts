import { laneOf, type QueuePolicy, type Request } from '@halfrate/core'
import { isInBatchPart } from '@halfrate/core/routing'
import { simDigest } from '../process/sim-digest.js'

const encoder = new TextEncoder()

/** What is wrong with the route of a request, by its key and the rollout of its queue; null when nothing is. */
export function routeFault(
  { key, lane, jobId, deadlineAt }: Pick<Request, 'key' | 'lane' | 'jobId' | 'deadlineAt'>,
  { batchPercent, routing, rescue }: Pick<QueuePolicy, 'batchPercent' | 'routing' | 'rescue'>,
): string | null {
  const { route, why } = laneOf(lane)
  const isOfPart = isInBatchPart(simDigest.hash128(encoder.encode(key)), batchPercent)
  const goesByRules = routing === 'rules' && deadlineAt !== null && jobId === null
  if (why === 'deadline' && !goesByRules) return 'was called by rules that its queue does not have'
  const isRescuable = rescue !== 'never' && rescue !== undefined && deadlineAt !== null
  if (why === 'rescue' && !isRescuable) return 'was rescued, which its queue does not allow'
  if (why === 'rollout' && jobId !== null) return 'is of a job and was called by a rollout'
  if (why === 'rollout' && isOfPart) return 'was called and is of the part that goes in batches'
  if (route === 'batch' && jobId === null && !isOfPart) {
    return 'went in a batch and is of the part that is called'
  }
  return null
}
