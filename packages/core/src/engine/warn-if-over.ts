import { laneOf } from '../model/lane.js'
import type { Submission } from '../model/submission.js'
import { isHedge } from '../policy/hedging.js'
import type { EngineContext } from './context.js'
import { isLateKnown, warnLate } from './late-batch.js'
import { openMembers } from './open-members.js'

/**
 * Says once of a batch that was wanted by an instant which is over how many of its requests have no answer yet, unless it was said before
 * that they are likely late.
 */
export async function warnIfOver(context: EngineContext, batch: Submission): Promise<void> {
  const { deadlineAt } = laneOf(batch.lane)
  if (deadlineAt === null || isHedge(batch) || isLateKnown(context, batch)) return
  const now = await context.store.now()
  if (now < deadlineAt) return
  const isBack = batch.state !== 'in_progress' && batch.state !== 'canceling'
  const why = isBack ? 'their answers are fetched only now' : 'that instant is over'
  warnLate(context, { batch, deadlineAt, now }, await countOpen(context, batch), why)
}

// A call beside the batch may have answered some of them.
async function countOpen(context: EngineContext, batch: Submission): Promise<number> {
  let count = 0
  const { project } = batch
  for (const { requestId: id } of await openMembers(context, batch)) {
    const life = await context.store.getRequest({ project, id })
    if (life !== null && life.request.state !== 'done') count += 1
  }
  return count
}
