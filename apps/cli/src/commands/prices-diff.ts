import { diffPriceBooks, extendPriceBook, PRICE_BOOK } from '@halfrate/core/money'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { readPrices } from '../prices/price-files.js'
import { pricesObject } from '../prices/price-object.js'
import { dayOf } from '../prices/price-text.js'
import { priceDiffScreen } from '../screen/price-diff-screen.js'
import { printLines } from '../terminal/print-lines.js'
import { instantOf, type PricesFlags } from './prices.js'

/** Shows what requests would cost otherwise, if a price file came before the built-in prices. */
export async function pricesDiff(file: string, flags: PricesFlags): Promise<number> {
  const at = instantOf(flags)
  const own = await readPrices(file)
  const changes = diffPriceBooks(PRICE_BOOK, extendPriceBook(PRICE_BOOK, own), at)
  if (flags.json === true) {
    const models = changes.map(({ model, before, after }) => ({
      model,
      before: before === null ? null : { priced_as: before.id, ...pricesObject(before) },
      after: after === null ? null : { priced_as: after.id, ...pricesObject(after) },
    }))
    const object = { type: 'prices_diff', file, day: dayOf(at), models }
    process.stdout.write(`${JSON.stringify(object)}\n`)
    return EXIT.usable
  }
  const facts = { file, day: dayOf(at), changes }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => priceDiffScreen(facts, width), { colours: !noColour })
  return EXIT.usable
}
