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

/** Says once that some of a batch are late, or likely so, and why. */
export function warnLate(
  context: EngineContext,
  { batch, deadlineAt, now }: Omit<LateBatch, 'lease'>,
  count: number,
  why: string,
): void {
  if (count === 0 || !isNew(context, nameOf(batch))) return
  const wanted = new Date(deadlineAt).toISOString()
  const { id: submissionId, remoteId, queue } = batch
  const place =
    batch.state === 'in_progress' || batch.state === 'canceling' ? ' still at Claude' : ''
  const late = now < deadlineAt ? 'are likely late' : 'are late'
  const message = `Of queue ${queue} ${count} in a batch${place} and wanted by ${wanted} ${late}: ${why}.`
  alarm(context, { code: 'deadline_at_risk', message, submissionId, remoteId })
}

type Place = Pick<Submission, 'project' | 'queue' | 'account' | 'lane'>

/** Keeps in mind that it was said of waiting requests of a lane that they are likely late. */
export function noteLateLane(context: EngineContext, place: Place): void {
  isNew(context, laneNameOf(place))
}

/** Whether this worker has said of a batch that it is late, or of its requests while they waited. */
export function isLateKnown({ memory: { lateGroups } }: EngineContext, batch: Submission): boolean {
  return lateGroups.has(nameOf(batch)) || lateGroups.has(laneNameOf(batch))
}

function nameOf({ id }: Submission): string {
  return `batch ${id}`
}

function laneNameOf({ project, queue, account, lane }: Place): string {
  return JSON.stringify([project, queue, account, lane])
}

/** Whether a worker has not told of it yet; from now on it has. */
export function isNew({ memory: { lateGroups } }: EngineContext, name: string): boolean {
  if (lateGroups.has(name)) return false
  if (lateGroups.size >= MOST_TOLD) lateGroups.clear()
  lateGroups.add(name)
  return true
}
