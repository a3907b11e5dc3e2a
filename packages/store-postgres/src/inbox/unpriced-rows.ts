import {
  type AccountId,
  InvalidInputError,
  type ProjectId,
  type QueueName,
  type SettingName,
} from '@halfrate/core'
import { type Budget, budgetSetting, inForceText, scopesOver } from '@halfrate/core/budgets'
import type { Step } from '../session.js'
import { readSetting } from '../upkeep/settings.js'
import { type InboxRow, shown } from './read-inbox-row.js'

/** A row that was read, as far as prices go. */
interface PricedRow {
  readonly from: InboxRow
  readonly row: { readonly model: string }
}

/**
 * Finds the rows that could never be sent: under a budget nothing fits whose price is not known, and it would hold up what is
 * behind it. Reads nothing where every price is known.
 */
export async function unpricedRows(
  step: Step,
  rows: readonly PricedRow[],
  isPriced: (model: string) => boolean,
): Promise<readonly { readonly id: number; readonly error: Error }[]> {
  const budgets = new Map<string, Promise<boolean>>()
  const hasBudget = (name: SettingName): Promise<boolean> => {
    const key = JSON.stringify([name.scope, name.name])
    const asked = budgets.get(key) ?? isInForce(step, name)
    budgets.set(key, asked)
    return asked
  }
  const found: { readonly id: number; readonly error: Error }[] = []
  for (const { from, row } of rows) {
    if (isPriced(row.model)) continue
    for (const scope of scopesOver(placesOf(from))) {
      if (!(await hasBudget(budgetSetting(scope)))) continue
      found.push({ id: from.id, error: unpriced(row.model, inForceText(scope)) })
      break
    }
  }
  return found
}

function placesOf({ account, project, queue }: InboxRow): Parameters<typeof scopesOver>[0] {
  return {
    account: account as AccountId,
    project: project as ProjectId,
    queue: queue as QueueName,
  }
}

async function isInForce(step: Step, name: SettingName): Promise<boolean> {
  const budget = ((await readSetting(step, name))?.value ?? null) as Budget | null
  return (budget?.caps ?? []).length > 0
}

function unpriced(model: string, inForce: string): InvalidInputError {
  return new InvalidInputError({
    place: { file: null, line: null, field: 'params.model' },
    rule: 'unpriced_under_budget',
    problem: `there is no price for ${shown(model)}, and ${inForce}, under which nothing fits that nothing bounds.`,
    nextStep:
      'Nothing was sent. Give workers its price (halfrate prices, or openHalfrate({ prices })), or take the budget away (halfrate budgets remove); then let the row be taken again.',
  })
}
