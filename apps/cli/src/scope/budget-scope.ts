import { ConfigError, DEFAULT_ACCOUNT, DEFAULT_PROJECT, type QueueName } from '@halfrate/core'
import type { BudgetScope } from '@halfrate/core/budgets'
import type { Halfrate } from '@halfrate/runtime'
import { projectFlag } from '../flags/project-flag.js'
import { queueFlag } from '../flags/queue-flag.js'
import { checkProject } from './known-project.js'
import { checkQueue } from './known-queue.js'

/** Flags that say whose budget is meant. */
export interface BudgetScopeFlags {
  readonly project?: string | undefined
  readonly queue?: string | undefined
  /** Of the queue only the calls beside its late batches. */
  readonly hedges?: boolean | undefined
}

/**
 * The scope that flags name: a queue, of the default project unless another is named beside it; a project; or the account.
 *
 * @throws {ConfigError} when nothing can have such a name.
 */
export function budgetScope(
  { project: givenProject, queue, hedges = false }: BudgetScopeFlags,
  nameOf: (flag: 'project' | 'queue' | 'hedges') => string = (flag) => `--${flag}`,
): BudgetScope {
  const project =
    givenProject === undefined ? DEFAULT_PROJECT : projectFlag(nameOf('project'))(givenProject)
  if (queue !== undefined) {
    const name = queueFlag(nameOf('queue'))(queue)
    return { type: hedges ? 'hedges' : 'queue', project, queue: name }
  }
  if (hedges) {
    throw new ConfigError(
      `${nameOf('hedges')}: expected a queue beside it, got none.`,
      `Name the queue whose late batches may be paid twice (${nameOf('queue')}). Nothing was changed.`,
    )
  }
  if (givenProject !== undefined) return { type: 'project', project }
  return { type: 'account', account: DEFAULT_ACCOUNT }
}

/**
 * Refuses a scope that is not there.
 *
 * @throws {ConfigError} when the store has no such project, or no such queue in it.
 */
export async function checkBudgetScope(
  half: Pick<Halfrate, 'store'>,
  scope: BudgetScope,
): Promise<void> {
  if (scope.type === 'account') return
  await checkProject(half, scope.project)
  if (scope.type !== 'project') await checkQueue(half, scope.queue, scope.project)
}

/** The scopes whose budgets hold for queues of the command line: the account, their project, and they themselves. */
export function budgetScopesOf(queues: readonly QueueName[]): readonly BudgetScope[] {
  const project = DEFAULT_PROJECT
  return [
    { type: 'account', account: DEFAULT_ACCOUNT },
    { type: 'project', project },
    ...queues.map((queue) => ({ type: 'queue', project, queue }) as const),
  ]
}

/** What names a scope in an answer for programs. */
export function scopeObject(scope: BudgetScope): {
  readonly scope: BudgetScope['type']
  readonly project: string | null
  readonly queue: string | null
} {
  return {
    scope: scope.type,
    project: scope.type === 'account' ? null : scope.project,
    queue: 'queue' in scope ? scope.queue : null,
  }
}
