import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { alarm, type EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'

// What was told is a hint; of a worker that runs for years it need not be kept.
const MOST_TOLD = 1_000

/** A batch at the provider that is likely late, and the right to decide about it. */
export interface LateBatch {
  readonly batch: Submission
  readonly lease: HeldLease
  readonly deadlineAt: EpochMs
  readonly now: EpochMs
}

/** Says once that some of a batch are likely late, and why they are not called. */
export function warnLate(
  context: EngineContext,
  { batch, deadlineAt }: LateBatch,
  count: number,
  why: string,
): void {
  const name = `batch ${batch.id}`
  if (!isNew(context, name)) return
  const wanted = new Date(deadlineAt).toISOString()
  const { id: submissionId, remoteId, queue } = batch
  const message = `Of queue ${queue} ${count} in a batch that is still at Claude and wanted by ${wanted} are likely late: ${why}.`
  alarm(context, { code: 'deadline_at_risk', message, submissionId, remoteId })
}

/** Whether a worker has not told of it yet; from now on it has. */
export function isNew({ memory: { lateGroups } }: EngineContext, name: string): boolean {
  if (lateGroups.has(name)) return false
  if (lateGroups.size >= MOST_TOLD) lateGroups.clear()
  lateGroups.add(name)
  return true
}
