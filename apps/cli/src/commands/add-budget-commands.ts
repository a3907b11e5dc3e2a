import type { Command } from 'commander'
import type { BudgetScopeFlags } from '../scope/budget-scope.js'
import type { BudgetsFlags } from './budgets.js'
import type { BudgetsSetFlags } from './budgets-set.js'
import { examplesOf } from './help-text.js'
import { type Done, withJson, withStore } from './options.js'

/** Adds `budgets` and what it does to one of them. */
export function addBudgetCommands(program: Command, done: Done): void {
  const budgets = withJson(withStore(program.command('budgets')))
    .addHelpText('after', examplesOf('budgets'))
    .description(
      'show what queues, projects and the account may cost, and what is left of it; set it',
    )
    .action(async (flags: BudgetsFlags) => {
      const { budgets } = await import('./budgets.js')
      done(await budgets(flags))
    })
  withJson(withStore(budgets.command('set')))
    .addHelpText('after', examplesOf('budgetsSet'))
    .description('send nothing that could bring the cost above an amount; what is not named stays')
    .option('--queue <name>', 'of one queue (default: of all that the key pays for)')
    .option('--project <name>', 'of a project; with --queue of its queue of that name')
    .option('--hedges', 'of the queue only what is called beside late batches (--rescue hedge)')
    .option('--day <usd>', 'at most so many dollars a day; none takes it away')
    .option('--month <usd>', 'at most so many dollars a month; none takes it away')
    .option('--total <usd>', 'at most so many dollars in all; none takes it away')
    .option('--time-zone <zone>', 'whose days and months, as Europe/Berlin (default: UTC)')
    .option('--warn-at <percents>', 'say when so much is paid, as 50,80 (default: 80)')
    .action(async (flags: BudgetsSetFlags) => {
      const { budgetsSet } = await import('./budgets-set.js')
      done(await budgetsSet(flags))
    })
  withJson(withStore(budgets.command('remove')))
    .addHelpText('after', examplesOf('budgetsRemove'))
    .description('take the budget of a queue, a project, or the account, away')
    .option('--queue <name>', 'of one queue (default: of all that the key pays for)')
    .option('--project <name>', 'of a project; with --queue of its queue of that name')
    .option('--hedges', 'of the queue only what is called beside late batches (--rescue hedge)')
    .action(async (flags: BudgetsFlags & BudgetScopeFlags) => {
      const { budgetsRemove } = await import('./budgets-set.js')
      done(await budgetsRemove(flags))
    })
}
