import type { BudgetsDrift } from '../settings/budget-drift.js'
import type { Drift, FieldDrift, QueueDrift } from '../settings/queue-drift.js'
import type { FieldValue } from '../settings/queue-fields.js'
import { appliedBudgetLines, budgetDriftLines, budgetDriftObject } from './budget-drift-lines.js'
import { countOf } from './number-text.js'

/** What is told of the queues of a file and those of a store. */
export interface DriftFacts {
  readonly file: string
  readonly drift: Drift
  readonly budgets: BudgetsDrift
  /** The command that writes what the file says. */
  readonly apply: string
  /** The command that takes a budget away. */
  readonly remove: string
}

/** Where a file and a store differ: a line for each member, and what to do. */
export function driftLines({ file, drift, budgets, apply, remove }: DriftFacts): readonly string[] {
  const { queues, unnamed } = drift
  const differing = queues.filter(({ state }) => state !== 'same')
  const lines = [
    ...differing.flatMap(differenceLines),
    ...unnamed.map((queue) => `queue ${queue}: the file does not name it, the store has it`),
    ...budgetDriftLines(budgets),
  ]
  if (lines.length === 0) {
    const counts = [countOf(queues.length, 'queue')]
    if (budgets.budgets.length > 0) counts.push(countOf(budgets.budgets.length, 'budget'))
    return [`the store has what ${file} says: ${counts.join(', ')}`]
  }
  const isToWrite = [...differing, ...budgets.budgets].some(({ state }) => state !== 'same')
  const hints = [
    ...(!isToWrite ? [] : [`${apply} writes what ${file} says`]),
    ...(unnamed.length === 0
      ? []
      : ['what the file does not name stays as it is; name it there, with {} for the defaults']),
    ...(budgets.unnamed.length === 0
      ? []
      : [`a budget that the file does not have stays; ${remove} takes it away`]),
  ]
  return [...lines, ...hints]
}

/** What was written, what was so already, and what the file does not name: a line for each queue. */
export function appliedLines({ file, drift, budgets }: DriftFacts): readonly string[] {
  const { queues, unnamed } = drift
  return [
    ...queues.map(appliedLine),
    ...unnamed.map((queue) => `queue ${queue}: stays as it is, since ${file} does not name it`),
    ...appliedBudgetLines(budgets, file),
  ]
}

function differenceLines({ queue, state, fields }: QueueDrift): readonly string[] {
  if (state === 'new') return [`queue ${queue}: the file names it, the store does not have it`]
  return fields.map(
    ({ field, file, store }) =>
      `queue ${queue}: ${field}: file says ${valueText(file)}, store has ${valueText(store)}`,
  )
}

function appliedLine({ queue, state, fields }: QueueDrift): string {
  if (state === 'same') return `queue ${queue}: as the file says already`
  if (state === 'new') return `queue ${queue}: made`
  return `queue ${queue}: set ${fields.map(changeText).join(', ')}`
}

function changeText({ field, file, store }: FieldDrift): string {
  return `${field} ${valueText(file)} (was ${valueText(store)})`
}

function valueText(value: FieldValue): string {
  if (value === null) return 'none'
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(',')
  return String(value)
}

/** The same for programs; members have the names and values that a file would have. */
export function driftObject({ queues, unnamed }: Drift, budgets: BudgetsDrift): object {
  return {
    queues: queues.map(({ queue, state, fields }) => ({
      queue,
      state,
      differences: fields.map(({ field, file, store }) => ({ name: field, file, store })),
    })),
    not_in_file: unnamed,
    ...budgetDriftObject(budgets),
  }
}
