import type { Command } from 'commander'
import type { AuditFlags } from './audit.js'
import type { CostsFlags } from './costs.js'
import { examplesOf } from './help-text.js'
import { type Done, withJson, withProvider, withStore } from './options.js'

/** Adds the commands about money that was spent. */
export function addMoneyCommands(program: Command, done: Done): void {
  addCosts(program, done)
  addAudit(program, done)
}

function addCosts(program: Command, done: Done): void {
  const command = program
    .command('costs')
    .addHelpText('after', examplesOf('costs'))
    .description(
      'say what was paid, what that saved and what was wasted, by model, day, job, label and more',
    )
    .option(
      '--by <what>',
      'project, queue, model, day, month, job, batch, account, workspace or label:NAME, several with commas (default: model)',
    )
    .option(
      '--since <time>',
      'of batches that ended since then: 3d, 12h, 2026-11-20, or an instant',
    )
    .option('--until <time>', 'and before then, likewise')
    .option('--month <month>', 'of a month, as 2026-11, instead')
    .option('--queue <name>', 'of one queue')
    .option('--job <name>', 'of one job')
    .option('--time-zone <zone>', 'whose days and months they are (default: UTC)')
    .option('--format <format>', 'table, csv or json (default: table)')
    .option(
      '--reconcile',
      'compare them by day and model with the usage and cost reports of the Admin API (ANTHROPIC_ADMIN_KEY)',
    )
  withJson(withProvider(withStore(command))).action(async (flags: CostsFlags) => {
    const { costs } = await import('./costs.js')
    done(await costs(flags))
  })
}

function addAudit(program: Command, done: Done): void {
  const command = program
    .command('audit')
    .addHelpText('after', examplesOf('audit'))
    .description('say which of your real-time calls could be half price, from logs or reports')
    .argument(
      '<file...>',
      'logs of calls as JSON Lines or CSV, or the usage report or cost report of the Admin API as JSON; gzip too; - is standard input; admin:usage and admin:cost ask the Admin API itself',
    )
    .option(
      '--map <names>',
      'where a log has its figures, as model=name,input_tokens=usage.in (names that are usual need none)',
    )
    .option(
      '--since <time>',
      'since when reports are asked for: 7d, 2026-11-01 or an instant (default: 30 days)',
    )
    .option('--delimiter <char>', 'between the cells of CSV: , ; | or tab (default: by the header)')
    .option('--time-zone <zone>', 'whose clock hours and days are told by (default: UTC)')
    .option('--prices <file>', 'prices that are added to the built-in ones, or take their place')
    .option('--revenue <usd>', 'of a month; with --cogs it adds the gross margin before and after')
    .option('--cogs <usd>', 'cost of goods sold of a month, inference included')
    .option('--top <n>', 'how many features are shown one by one (default: 10)')
    .option('--html <file>', 'write a page with charts as well, which needs no network')
  withJson(withProvider(command)).action(async (files: readonly string[], flags: AuditFlags) => {
    const { audit } = await import('./audit.js')
    done(await audit(files, flags))
  })
}
