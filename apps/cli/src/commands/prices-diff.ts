import { diffPriceBooks, diffToolPrices, extendPriceBook, PRICE_BOOK } from '@halfrate/core/money'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { readPrices } from '../prices/price-files.js'
import { feesObject, pricesObject } from '../prices/price-object.js'
import { dayOf } from '../prices/price-text.js'
import { priceDiffScreen } from '../screen/price-diff-screen.js'
import { printLines } from '../terminal/print-lines.js'
import { instantOf, type PricesFlags } from './prices.js'

/** Shows what requests would cost otherwise, if a price file came before the built-in prices. */
export async function pricesDiff(file: string, flags: PricesFlags): Promise<number> {
  const at = instantOf(flags)
  const own = await readPrices(file)
  const book = extendPriceBook(PRICE_BOOK, own)
  const changes = diffPriceBooks(PRICE_BOOK, book, at)
  const toolChanges = diffToolPrices(PRICE_BOOK, book, at)
  if (flags.json === true) {
    const models = changes.map(({ model, before, after }) => ({
      model,
      before: before === null ? null : { priced_as: before.id, ...pricesObject(before) },
      after: after === null ? null : { priced_as: after.id, ...pricesObject(after) },
    }))
    const tools = toolChanges.map(({ tool, before, after }) => ({
      tool,
      before: before === null ? null : feesObject(before),
      after: after === null ? null : feesObject(after),
    }))
    const object = { type: 'prices_diff', file, day: dayOf(at), models, tools }
    process.stdout.write(`${JSON.stringify(object)}\n`)
    return EXIT.usable
  }
  const facts = { file, day: dayOf(at), changes, toolChanges }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => priceDiffScreen(facts, width), { colours: !noColour })
  return EXIT.usable
}
