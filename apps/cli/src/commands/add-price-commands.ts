import type { Command } from 'commander'
import { examplesOf } from './help-text.js'
import { type Done, withJson, withStore } from './options.js'
import type { PricesFlags } from './prices.js'
import type { RepriceFlags } from './reprice.js'

/** Adds `prices` and what it does with a file of them, and `reprice`. */
export function addPriceCommands(program: Command, done: Done): void {
  const prices = withJson(withDay(program.command('prices')))
    .addHelpText('after', examplesOf('prices'))
    .description(
      'show what every model costs, where that was read, and which ones end; check a price file',
    )
    .option('--all', 'models that are retired too')
    .action(async (flags: PricesFlags) => {
      const { prices } = await import('./prices.js')
      done(await prices(flags))
    })
  withJson(prices.command('check'))
    .addHelpText('after', examplesOf('pricesCheck'))
    .description('check a price file and name what is wrong or odd in it, by its lines')
    .argument('<file>', 'the price file')
    .action(async (file: string, flags: PricesFlags) => {
      const { pricesCheck } = await import('./prices-check.js')
      done(await pricesCheck(file, flags))
    })
  withJson(withDay(prices.command('diff')))
    .addHelpText('after', examplesOf('pricesDiff'))
    .description('show what a price file changes in the built-in prices')
    .argument('<file>', 'the price file')
    .action(async (file: string, flags: PricesFlags) => {
      const { pricesDiff } = await import('./prices-diff.js')
      done(await pricesDiff(file, flags))
    })
  addReprice(program, done)
}

function addReprice(program: Command, done: Done): void {
  const command = program
    .command('reprice')
    .addHelpText('after', examplesOf('reprice'))
    .description('fill in the costs of answers whose price was not known when they came')
    .option('--dry-run', 'only say what would be filled in')
  withJson(withStore(command)).action(async (flags: RepriceFlags) => {
    const { reprice } = await import('./reprice.js')
    done(await reprice(flags))
  })
}

function withDay(command: Command): Command {
  return command.option('--at <day>', 'the prices of that day, as 2026-11-22 (default: today, UTC)')
}
