import type { EpochMs, Submission, SubmissionId } from '@halfrate/core'
import {
  type BudgetScope,
  type BudgetUse,
  budgetSetting,
  countedAt,
  countedNano,
  inScopeOrder,
  isOfScope,
  NO_USE,
  plusUse,
  type SealBudget,
  useFigureOf,
  useOf,
} from '@halfrate/core/budgets'
import { mergedIdsAfter } from '../rows/pages.js'
import { nameOf } from '../rows/stored-attempt.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

type Params = Readonly<{ scope: BudgetScope; since: EpochMs }>

// A page of submissions, or of attempts, is read at a time.
const PAGE = 1_000

/** See `ReadStore.budgetUse`. All of it is read in one step, and compared when that ends. */
export function budgetUse(session: Session, params: Params): Promise<BudgetUse> {
  return session.step((step) => useIn(step, params))
}

/**
 * Whether a submission may be sealed under budgets: their documents still stand, and there is room for its hold. Every step
 * that began before is begun again, so that of two which seal at once the other one sees this.
 */
export async function fitsBudgets(
  step: Step,
  { holdNano }: Pick<Submission, 'holdNano'>,
  budgets: readonly SealBudget[],
): Promise<boolean> {
  if (budgets.some(({ caps }) => caps.length > 0)) step.outdateOthers()
  for (const { scope, version, caps } of inScopeOrder(budgets)) {
    const setting = budgetSetting(scope)
    await step.settings.load([setting])
    const isThere = step.settings.get(setting) !== null
    if ((isThere ? Number(step.settings.stamp(setting)) : null) !== version) return false
    for (const { since, capNano } of caps) {
      if (countedNano(await useIn(step, { scope, since })) + holdNano > capNano) return false
    }
  }
  return true
}

async function useIn(step: Step, { scope, since }: Params): Promise<BudgetUse> {
  const sets = [step.keys.of('submissions')]
  let sum = NO_USE
  for (let after: number | null = 0; after !== null; ) {
    const page: { after: number; limit: number } = { after, limit: PAGE }
    const ids: readonly SubmissionId[] = await mergedIdsAfter(step.connection, sets, page)
    await step.submissions.load(ids)
    for (const id of ids) {
      const { submission, ordinals } = step.submissions.need(id)
      if (!isOfScope(submission, scope) || countedAt(submission) < since) continue
      sum = plusUse(sum, await useOfOne(step, submission, ordinals))
    }
    after = ids.length < PAGE ? null : (ids.at(-1) ?? null)
  }
  return sum
}

/** What one submission adds to it. */
export async function useOfOne(
  step: Step,
  submission: Submission,
  ordinals: number,
): Promise<BudgetUse> {
  if (useFigureOf(submission) !== 'attempts') return useOf(submission, () => [])
  const submissionId = submission.id
  const names = Array.from({ length: ordinals }, (_, ordinal) => nameOf({ submissionId, ordinal }))
  for (let at = 0; at < names.length; at += PAGE) {
    await step.attempts.load(names.slice(at, at + PAGE))
  }
  return useOf(submission, () => names.map((name) => step.attempts.need(name).attempt))
}
