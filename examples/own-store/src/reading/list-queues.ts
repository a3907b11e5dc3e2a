import {
  type QueueName,
  type QueueOverview,
  queueResource,
  type SubmissionState,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { readAgeText } from '../rows/stored-request.js'
import { readBatchText } from '../rows/stored-submission.js'
import { LIST_QUEUES } from '../scripts/list-queues.js'
import type { Session } from '../session.js'

type GroupText = readonly [waiting: number, first: string]
type QueueText = readonly [string, string, readonly GroupText[], readonly string[]]

/** See `OperatingStore.listQueues`. Its numbers are of one instant. */
export async function listQueues(
  session: Session,
  { project }: In<'listQueues'>,
): Promise<readonly QueueOverview[]> {
  const { keys } = session
  const args = [keys.root, keys.queues(project), queueResource(project, '' as QueueName)]
  for (;;) {
    // A step finishes a commit that is not in every index yet; the script sees one that began after that.
    const found = await session.step(({ connection }) =>
      connection.run<readonly QueueText[] | null>(LIST_QUEUES, args),
    )
    if (found !== null) return overviewsOf(found)
  }
}

function overviewsOf(found: readonly QueueText[]): readonly QueueOverview[] {
  return found
    .filter(([, staysForGood, groups]) => staysForGood === '1' || groups.length > 0)
    .map(([queue, , groups, batches]) => ({
      queue: queue as QueueName,
      waiting: groups.reduce((sum, [waiting]) => sum + waiting, 0),
      oldestWaitingAt: oldestOf(groups),
      inBatches: inBatchesOf(batches),
    }))
    .sort((a, b) => (a.queue < b.queue ? -1 : 1))
}

// The first by id of every group; ids rise with the clock.
function oldestOf(groups: readonly GroupText[]): QueueOverview['oldestWaitingAt'] {
  const firsts = groups.map(([, first]) => readAgeText(first).createdAt)
  return firsts.length === 0 ? null : Math.min(...firsts)
}

function inBatchesOf(batches: readonly string[]): QueueOverview['inBatches'] {
  const sums: Partial<Record<SubmissionState, number>> = {}
  for (const { state, requestCount } of batches.map(readBatchText)) {
    sums[state] = (sums[state] ?? 0) + requestCount
  }
  return sums
}
