import type { SettleResult } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { Session } from '../session.js'
import { loadLines, settleLines } from './settle-lines.js'

/** See `CollectingStore.settle`. */
export async function settle(session: Session, params: In<'settle'>): Promise<SettleResult> {
  session.checkPage(params.lines)
  // For each line a result, and a delivery where it ends a request of a queue that no other line is of.
  return session.step(async (step) => {
    await step.submissions.load([params.submissionId])
    const { submission } = step.submissions.need(params.submissionId)
    await loadLines(step, submission, params.lines)
    return settleLines(step, submission, params)
  }, params.lines.length * 2)
}
