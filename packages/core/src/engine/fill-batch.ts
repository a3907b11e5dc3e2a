import type { Submission } from '../model/submission.js'
import { avoidCount, packPage } from '../policy/pack.js'
import { tellSubmission } from './context.js'
import type { HeldLease } from './held-lease.js'
import type { PricedRequest } from './job-budgets.js'
import { limitedPolicy } from './limited-policy.js'
import { type PagePlanning, type PlanPage, readPage } from './plan-page.js'
import type { BudgetLook, ScopeBudgets } from './scope-budgets.js'
import { takeApart } from './take-apart.js'

/** What a batch is filled for, and by whom. */
export interface FillPlanning extends PagePlanning {
  readonly lease: HeldLease
  readonly scopes: ScopeBudgets
}

/** A submission that is being filled, and what could join it first; null where that was not read yet. */
export interface Begun {
  readonly filling: Submission
  readonly first: PlanPage | null
  readonly look: BudgetLook | null
  /** How many of its requests may be in line at the provider; null where that was not asked yet. */
  readonly room: number | null
  /** How many wait that could join it. */
  readonly waiting: number
}

/**
 * Fills a batch up to what its policy allows, and seals it. Answers false, and puts everything back to waiting, when its budgets leave
 * no room for it any more.
 */
export async function fillAndSeal(planning: FillPlanning, begun: Begun): Promise<boolean> {
  const { filling, first } = begun
  const { context, lease } = planning
  let submission = filling
  let page = first
  const policy = await limitedPolicy(planning, begun)
  const look = begun.look ?? (await planning.scopes.look(filling.account))
  for (;;) {
    await lease.keep()
    page ??= await readPage({ ...planning, policy }, submission, look)
    const { picked, full } = packPage({ ...submission, policy }, page.admitted)
    const ends = full || page.isLast || page.neededNano !== undefined
    const members = ends
      ? avoidCount(picked, submission.requestCount, context.memory.takenCounts)
      : picked
    const before = submission.requestCount
    if (members.length > 0) submission = await addMembers(planning, submission, members)
    // Of a page that is cut, the rest still fits under its caps, and goes into the next batch.
    const isWhole = page.neededNano === undefined && members.length === page.admitted.length
    if (isWhole) planning.budgets.leaveOut(page.stopped)
    // A page of which some wait for their caps may have left others out.
    const goesOn = submission.requestCount > before || page.stopped.size > 0
    if (ends || !goesOn) break
    page = null
  }
  const { budgets } = look
  const { fence } = lease
  const sealed = await context.store.sealSubmission({ fence, submissionId: filling.id, budgets })
  if (sealed.state === 'filling') {
    await takeApart(context, lease, sealed)
    return false
  }
  tellSubmission(context, sealed)
  return true
}

async function addMembers(
  { context, lease, budgets, canaries }: FillPlanning,
  submission: Submission,
  picked: readonly PricedRequest[],
): Promise<Submission> {
  const members = picked.map(({ id: requestId, holdNano }) => ({ requestId, holdNano }))
  budgets.note(picked)
  canaries.note(picked)
  return await context.store.addMembers({
    fence: lease.fence,
    submissionId: submission.id,
    members,
  })
}
