import type { OpenOutcome } from '../model/open-outcome.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { ReleaseMove } from '../ports/store-collecting.js'
import { type EngineContext, tell } from './context.js'
import type { HeldLease } from './held-lease.js'

/** Decides what becomes of one member. */
export type DecideMember = (member: OpenOutcome) => Omit<ReleaseMove, 'ordinal' | 'outcome'>

/** What letting members go came to. */
export interface ReleaseReport {
  readonly waiting: number
  readonly done: number
}

/**
 * Lets the live members of a submission go, page by page, as decided for each. Safe to repeat: what was released
 * stays so, and what no longer fits is skipped.
 */
export async function releaseAll(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  decide: DecideMember,
): Promise<ReleaseReport> {
  const { store } = context
  const total = { waiting: 0, done: 0 }
  const reasons: Record<string, number> = {}
  let notBefore: EpochMs | null = null
  let after = -1
  for (;;) {
    await lease.keep()
    const members = await store.openOutcomes({
      submissionId: submission.id,
      after,
      limit: store.traits.pageLimit,
    })
    const last = members.at(-1)
    if (last === undefined) break
    after = last.ordinal
    const moves = members.map((member) => ({
      ordinal: member.ordinal,
      outcome: member.outcome,
      ...decide(member),
    }))
    const { state, remoteId } = submission
    const result = await store.releaseMembers({
      fence: lease.fence,
      submissionId: submission.id,
      state,
      remoteId,
      moves,
    })
    total.waiting += result.waiting
    total.done += result.done
    for (const [index, move] of moves.entries()) {
      const reason = members[index]?.errorType ?? move.outcome ?? 'no answer'
      reasons[reason] = (reasons[reason] ?? 0) + 1
      if (move.to.type === 'waiting') notBefore = Math.max(notBefore ?? 0, move.to.notBefore)
    }
  }
  if (total.waiting + total.done > 0) {
    tell(context, { type: 'released', submissionId: submission.id, ...total, reasons, notBefore })
  }
  return total
}
