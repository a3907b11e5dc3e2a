import type { OpenOutcome } from '../model/open-outcome.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { AnswerStory } from '../policy/retry/answer-story.js'
import type { OutcomeDecision } from '../policy/retry/outcome.js'
import type { ReleaseMove } from '../ports/store-collecting.js'
import { askAgain } from './ask-again.js'
import { type EngineContext, tell } from './context.js'
import type { HeldLease } from './held-lease.js'
import { leftAnswer } from './left-answer.js'

// Bodies that were changed for members that wait again; a page of more is cut, so that memory stays flat.
const PAGE_BYTES = 4 * 1024 * 1024

/** Decides what becomes of one member; of a success that was left for the close with what is known of its answer. */
export type DecideMember = (
  member: OpenOutcome,
  story: AnswerStory | undefined,
) => {
  readonly to: OutcomeDecision
  readonly possiblyPaid: boolean
}

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
  const { id: submissionId, state, remoteId } = submission
  const total = { waiting: 0, done: 0 }
  const reasons: Record<string, number> = {}
  let notBefore: EpochMs | null = null
  let after = -1
  let pages = 0
  for (;;) {
    await lease.keep()
    const limit = store.traits.pageLimit
    const members = await store.openOutcomes({ submissionId, after, limit })
    const last = members.at(-1)
    if (last === undefined) break
    after = last.ordinal
    for await (const page of decided(context, lease, submission, { members, decide })) {
      const moves = page.map(({ move }) => move)
      const { fence } = lease
      const result = await store.releaseMembers({ fence, submissionId, state, remoteId, moves })
      pages += 1
      total.waiting += result.waiting
      total.done += result.done
      for (const { reason, move } of page) {
        reasons[reason] = (reasons[reason] ?? 0) + 1
        if (move.to.type === 'waiting') notBefore = Math.max(notBefore ?? 0, move.to.notBefore)
      }
    }
  }
  // One whose members are all gone rests by this too, and would be looked at without end.
  if (pages === 0) {
    const { fence } = lease
    await store.releaseMembers({ fence, submissionId, state, remoteId, moves: [] })
  }
  if (total.waiting + total.done > 0) {
    tell(context, { type: 'released', submissionId, ...total, reasons, notBefore })
  }
  return total
}

interface Decided {
  readonly move: ReleaseMove
  /** Why it was let go, for people. */
  readonly reason: string
}

async function* decided(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  { members, decide }: { readonly members: readonly OpenOutcome[]; readonly decide: DecideMember },
): AsyncGenerator<readonly Decided[]> {
  let page: Decided[] = []
  let bytes = 0
  for (const member of members) {
    if (member.outcome === 'succeeded') await lease.keep()
    const left = await leftAnswer(context, submission, member)
    const { to: decision, possiblyPaid } = decide(member, left?.story)
    const isReady = decision.type === 'waiting' || decision.type === 'done'
    const answer = left?.line ?? null
    const to = isReady
      ? decision
      : await askAgain(context, submission, { member, answer }, decision)
    const { ordinal, outcome, usability, errorType } = member
    page.push({
      move: { ordinal, outcome, to, possiblyPaid },
      reason: errorType ?? usability ?? outcome ?? 'no answer',
    })
    if (to.type === 'waiting') bytes += to.changed?.body.length ?? 0
    if (bytes < PAGE_BYTES) continue
    yield page
    page = []
    bytes = 0
  }
  if (page.length > 0) yield page
}
