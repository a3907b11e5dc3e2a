import type { AccountId, ProjectId, QueueName } from './ids.js'
import type { NanoUsd } from './money.js'
import { projectScope, type SettingName } from './setting-documents.js'
import type { EpochMs } from './time.js'

/** Whose work a budget bounds. */
export type BudgetScope =
  | { readonly type: 'account'; readonly account: AccountId }
  | { readonly type: 'project'; readonly project: ProjectId }
  | { readonly type: 'queue'; readonly project: ProjectId; readonly queue: QueueName }
  /** Of a queue the calls that hedge; without a cap of theirs there are none. */
  | { readonly type: 'hedges'; readonly project: ProjectId; readonly queue: QueueName }

/** What a cap counts: batches of a day, of a month, or all there were. A batch is of the period in which it was sealed. */
export type BudgetPeriod = 'day' | 'month' | 'total'

/** Every {@link BudgetPeriod}, the shortest first. */
export const BUDGET_PERIODS: readonly BudgetPeriod[] = ['day', 'month', 'total']

/** Value of {@link budgetSetting}. Sealing obeys it from the moment on at which it is written. */
export interface Budget {
  /** Where days and months begin: a name of the IANA database, such as `Europe/Berlin`. */
  readonly timeZone: string
  /** What was paid, may have been paid and is held stays at or below each of them. */
  readonly caps: readonly BudgetCap[]
}

/** One cap of a budget. */
export interface BudgetCap {
  readonly period: BudgetPeriod
  readonly capNano: NanoUsd
  /** Shares of the cap, in percent, at which it is told once a period. */
  readonly warnAt: readonly number[]
}

/** What counts against a budget since an instant. Sums of rounded values. */
export interface BudgetUse {
  /** Of batches that are over: what was paid, and at its hold what may have been. */
  readonly spentNano: NanoUsd
  /** Holds of batches that are not over. */
  readonly heldNano: NanoUsd
}

/** A budget that a submission is sealed under. */
export interface SealBudget {
  readonly scope: BudgetScope
  /** Of its document when the caps were read, null when there was none; with another one nothing is sealed. */
  readonly version: number | null
  /** Caps with the instants at which their periods began. */
  readonly caps: readonly { readonly since: EpochMs; readonly capNano: NanoUsd }[]
}

/** The document that holds the caps of a scope, a {@link Budget} or null; there is none before the first. */
export function budgetSetting(scope: BudgetScope): SettingName {
  return { scope: documentScopeOf(scope), name: nameOf('budgets', scope) }
}

/** Value of {@link budgetToldSetting}. */
export interface BudgetTold {
  readonly periods: readonly {
    readonly period: BudgetPeriod
    readonly since: EpochMs
    readonly capNano: NanoUsd
    /** The greatest share that was told, in percent; 0 for none. */
    readonly share: number
    /** When the first request did not fit; null while all do. */
    readonly reachedAt: EpochMs | null
  }[]
}

/** The document by which all workers tell once how far a budget is used up, a {@link BudgetTold}. */
export function budgetToldSetting(scope: BudgetScope): SettingName {
  return { scope: documentScopeOf(scope), name: nameOf('budgets-told', scope) }
}

function documentScopeOf(scope: BudgetScope): string {
  return scope.type === 'account' ? `account:${scope.account}` : projectScope(scope.project)
}

function nameOf(kind: string, scope: BudgetScope): string {
  if (scope.type === 'hedges') return `${kind}-of-hedges:${scope.queue}`
  return scope.type === 'queue' ? `${kind}:${scope.queue}` : kind
}
